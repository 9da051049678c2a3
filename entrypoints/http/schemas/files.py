"""Files on the wire."""

from typing import Annotated, Any, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from application.files.parse_file import ParsedFile
from domain.files.file_format import FileFormat
from entrypoints.wire.texts import SomeText, trimmed

FileName: TypeAlias = Annotated[str, trimmed(1, 255)]


class FileToParse(Struct, rename="camel", kw_only=True):
    """`fileContent` is base64 of the file's bytes."""

    file_content: SomeText
    file_name: FileName
    file_format: FileFormat


class ParsedFileRecord(Struct, rename="camel", kw_only=True):
    """`rowCount` is there for what has rows: a csv, or a json array."""

    file_name: str
    file_format: FileFormat
    parsed_data: Any
    row_count: int | UnsetType = UNSET
    preview: str

    @classmethod
    def of(cls, parsed: ParsedFile) -> "ParsedFileRecord":
        return cls(
            file_name=parsed.file_name,
            file_format=parsed.file_format,
            parsed_data=parsed.parsed_data,
            row_count=UNSET if parsed.row_count is None else parsed.row_count,
            preview=parsed.preview,
        )
