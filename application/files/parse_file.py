"""Show what REX makes of a file."""

import asyncio
from dataclasses import dataclass

from application.files.file_content import decoded
from application.ports.file_reader import FileReader
from domain.files.file_format import FileFormat
from domain.values.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """`row_count` is None for everything but a csv and a json array."""

    file_name: str
    file_format: FileFormat
    parsed_data: Json
    row_count: int | None
    preview: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFile:
    """Keeps nothing. Raise Invalid when `content` is not base64, FileUnreadable when the file is not of its format.

    Raise Unavailable when too many files wait to be read.
    """

    reader: FileReader

    async def __call__(self, *, content: str, name: str, format: FileFormat) -> ParsedFile:
        file = await asyncio.to_thread(decoded, content)
        found = await self.reader.read(file, format)
        return ParsedFile(
            file_name=name,
            file_format=format,
            parsed_data=found.value,
            row_count=found.row_count,
            preview=found.preview,
        )
