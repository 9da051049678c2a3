"""Brings a file that was uploaded in the editor into the run."""

import base64
import binascii
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.values.coercion import is_truthy
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson

SHORTEST_GUESS: Final = 20
_LAYOUT: Final = "\t\n\r\f"


class FileFormat(StrEnum):
    TXT = "txt"
    CSV = "csv"
    JSON = "json"
    PDF = "pdf"


class Encoding(StrEnum):
    """How `fileContent` is written; `auto` recognises base64 that cannot well be anything else."""

    AUTO = "auto"
    TEXT = "text"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUpload:
    """Prefers the parsed form, used as it is, to the file's content. An empty parsed text or array is a file too.

    Content is decoded when `encoding` is base64, and by `auto`, the default, when it is at least 20 characters of
    canonical base64 that decode to readable UTF-8. Everything else is taken as it stands. The output replaces the
    input.
    """

    type: ClassVar[str] = "file-upload"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = True

    file_name: str
    file_format: FileFormat
    content: Json

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        parsed = fields.raw("parsedData")
        encoding = fields.choice("encoding", Encoding, default=Encoding.AUTO)
        written = _decoded(fields.verbatim("fileContent"), encoding, fields)
        return cls(
            file_name=fields.text("fileName", default="unknown"),
            file_format=fields.choice("fileFormat", FileFormat, default=FileFormat.TXT),
            content=_preferred(parsed, written, fields),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        rows: JsonObject = {"rowCount": len(self.content)} if isinstance(self.content, list) else {}
        return NodeOutput.of(
            {
                "fileName": self.file_name,
                "fileFormat": self.file_format.value,
                "data": self.content,
                **rows,
                "preview": _preview(self.content),
            }
        )


def _preferred(parsed: MaybeJson, written: str, fields: ConfigReader) -> Json:
    if parsed is not UNDEFINED and is_truthy(parsed):
        return parsed
    if written:
        return written
    if parsed == "":
        return parsed
    if not fields.faults:
        fields.fault("fileContent", "required", 'Either "parsedData" or "fileContent" is required')
    return None


def _decoded(content: str, encoding: Encoding, fields: ConfigReader) -> str:
    if encoding is Encoding.TEXT:
        return content
    decoded = _from_base64(content)
    if encoding is Encoding.AUTO:
        is_accident = decoded is None or len(content) < SHORTEST_GUESS or not _is_readable(decoded)
        return content if is_accident else decoded or ""
    if decoded is None:
        fields.fault("fileContent", "not_base64", '"fileContent" is not base64 of a UTF-8 text')
    return decoded or ""


def _from_base64(content: str) -> str | None:
    """What canonical base64 stands for, or None for anything else."""
    try:
        data = base64.b64decode(content, validate=True)
        is_canonical = base64.b64encode(data).decode() == content
        return data.decode() if is_canonical else None
    except (binascii.Error, ValueError):
        return None


def _is_readable(text: str) -> bool:
    """Without control characters, which texts do not have and accidents do."""
    return all(each in _LAYOUT or unicodedata.category(each) != "Cc" for each in text)


def _preview(content: Json) -> str:
    """What it is and how much of it; never the content itself."""
    if isinstance(content, list):
        return f"{len(content)} rows"
    if isinstance(content, dict):
        return f"{len(content)} keys"
    if isinstance(content, str):
        return f"{len(content.splitlines())} lines, {len(content)} characters"
    return "1 value"
