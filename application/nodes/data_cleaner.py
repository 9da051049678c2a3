"""Cleans the texts of the input, and hides personal data in them."""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.values.coercion import trimmed
from domain.values.equality import identity
from domain.values.json import Json, JsonObject
from domain.values.personal_data import hide_personal_data


class Operation(StrEnum):
    TRIM = "trim"
    NORMALIZE_CASE = "normalize-case"
    REMOVE_SPECIAL_CHARS = "remove-special-chars"
    REMOVE_DUPLICATES = "remove-duplicates"
    VALIDATE_JSON = "validate-json"
    MASK_PII = "mask-pii"


class CaseType(StrEnum):
    LOWERCASE = "lowercase"
    UPPERCASE = "uppercase"
    TITLECASE = "titlecase"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCleaner:
    """Applies operations one after another to every text in the input, however deep; keys stay as they are.

    Removing duplicates works on every array instead, from the innermost outwards: of equal items the first stays.
    Validating JSON lets every object pass, and an input is always one. The output replaces the input; what was
    found to be personal is listed by kind, mask and offset in its text, never in the original.
    """

    type: ClassVar[str] = "data-cleaner"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = True

    operations: Sequence[Operation]
    case_type: CaseType

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls(
            operations=fields.choices("operations", Operation),
            case_type=fields.choice("caseType", CaseType, default=CaseType.LOWERCASE),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        """In a thread: inputs can be many megabytes, and nothing else may wait for that."""
        return NodeOutput.of(await asyncio.to_thread(self._cleaned, received))

    def _cleaned(self, received: JsonObject) -> JsonObject:
        cleaned: Json = received
        finds: list[Json] = []
        for operation in self.operations:
            cleaned = self._applied(operation, cleaned, finds)
        applied: list[Json] = [operation.value for operation in self.operations]
        return {"cleaned": cleaned, "operationsApplied": applied, "piiFound": finds}

    def _applied(self, operation: Operation, value: Json, finds: list[Json]) -> Json:
        match operation:
            case Operation.TRIM:
                return _with_texts(value, trimmed)
            case Operation.NORMALIZE_CASE:
                return _with_texts(value, _CASES[self.case_type])
            case Operation.REMOVE_SPECIAL_CHARS:
                return _with_texts(value, _without_special_characters)
            case Operation.REMOVE_DUPLICATES:
                return _without_duplicates(value)
            case Operation.MASK_PII:
                return _with_texts(value, lambda text: _masked(text, finds))
            case Operation.VALIDATE_JSON:
                return value


def _with_texts(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_with_texts(each, change) for each in value]
    if isinstance(value, dict):
        return {key: _with_texts(each, change) for key, each in value.items()}
    return value


def _without_duplicates(value: Json) -> Json:
    if isinstance(value, list):
        firsts: dict[Hashable, Json] = {}
        for item in map(_without_duplicates, value):
            firsts.setdefault(identity(item), item)
        return list(firsts.values())
    if isinstance(value, dict):
        return {key: _without_duplicates(each) for key, each in value.items()}
    return value


def _masked(text: str, finds: list[Json]) -> str:
    masked, found = hide_personal_data(text)
    finds += [{"type": each.kind.value, "masked": each.masked, "position": each.position} for each in found]
    return masked


_PUNCTUATION: Final = frozenset(".,;:!?'\"()-_" + "‘’“”«»–—…¡¿、。，；：！？")  # noqa: RUF001 - lookalikes, but meant
_JOINERS: Final = frozenset("\u200c\u200d")


def _without_special_characters(text: str) -> str:
    """Letters and digits of any script, blanks and common punctuation stay; marks go with what they sit on."""
    kept: list[str] = []
    is_kept = False
    for each in text:
        kind = unicodedata.category(each)[0]
        if kind != "M" and each not in _JOINERS:
            is_kept = kind in "LN" or each.isspace() or each in _PUNCTUATION
        if is_kept:
            kept.append(each)
    return "".join(kept)


def _titlecased(text: str) -> str:
    """Whatever follows a letter, digit or underscore up to the next blank belongs to one word."""
    return re.sub(r"\w\S*", lambda word: word[0][0].upper() + word[0][1:].lower(), text)


_CASES: Final[Mapping[CaseType, Callable[[str], str]]] = {
    CaseType.LOWERCASE: str.lower,
    CaseType.UPPERCASE: str.upper,
    CaseType.TITLECASE: _titlecased,
}
