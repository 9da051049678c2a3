"""Documents as they arrive in the input of a node: whatever holds a text."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from application.ports.knowledge import NewText
from domain.knowledge.document_limits import metadata_fault, text_refusal
from domain.values.coercion import trimmed
from domain.values.interpolation import inserted_text, json_text
from domain.values.json import Json, JsonObject
from domain.values.path import walk

LONGEST_TITLE: Final = 255
_TEXT_FIELDS: Final = ("contentText", "content", "text")
_TITLE_FIELDS: Final = ("title", "name")


class SourceType(StrEnum):
    """How a document came here."""

    UPLOAD = "upload"
    INLINE = "inline"
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """An element of a list of documents that holds no text, or more than can be kept; `position` counts from 0."""

    position: int
    reason: str
    is_too_much: bool = False

    def described(self) -> JsonObject:
        return {"sourceIndex": self.position, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingDocuments:
    """Reads a list that was found at `path`. `title` and `source_type` hold for what does not say its own."""

    path: str
    title: str
    source_type: SourceType

    def read(self, received: JsonObject) -> Iterator[NewText | Unusable]:
        """One of both for each element, in order; nothing where there is no list."""
        found = walk(received, self.path) if self.path else None
        for position, element in enumerate(found if isinstance(found, list) else []):
            yield self._read(position, element)

    def _read(self, position: int, element: Json) -> NewText | Unusable:
        own = element if isinstance(element, dict) else {"text": element}
        text = next((said for name in _TEXT_FIELDS if (said := text_in(own.get(name)))), "")
        if not text:
            named = ", ".join(f'"{name}"' for name in _TEXT_FIELDS)
            reason = f"No text in {named}" if isinstance(element, dict) else "No text"
            return Unusable(position=position, reason=reason)
        metadata = own.get("metadata")
        if (too_much := _too_much(text, metadata)) is not None:
            return Unusable(position=position, reason=too_much, is_too_much=True)
        title = next((said for name in _TITLE_FIELDS if (said := text_in(own.get(name)))), "")
        usual: JsonObject = {"sourceIndex": position, "extractedFrom": self.path}
        return NewText(
            title=short_title(title or f"{self.title} #{position + 1}"),
            text=text,
            source_type=_source_type(own.get("sourceType"), self.source_type).value,
            metadata=metadata if isinstance(metadata, dict) else usual,
        )


def text_in(value: Json) -> str:
    """Trimmed; blank where there is nothing. Objects and arrays are their JSON."""
    if value is None or value in ([], {}):
        return ""
    return trimmed(json_text(value) if isinstance(value, dict | list) else inserted_text(value))


def short_title(title: str) -> str:
    return trimmed(title)[:LONGEST_TITLE].rstrip()


def _too_much(text: str, metadata: Json) -> str | None:
    fault = metadata_fault(metadata) if isinstance(metadata, dict) else None
    return text_refusal(text) or (f"metadata: {fault.message}" if fault else None)


def _source_type(value: Json, usual: SourceType) -> SourceType:
    return SourceType(value) if isinstance(value, str) and value in list(SourceType) else usual
