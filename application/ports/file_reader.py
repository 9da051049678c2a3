"""Makes values of files."""

from dataclasses import dataclass
from typing import Protocol

from domain.files.file_format import FileFormat
from domain.values.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """What a file says.

    A csv is a list of objects, all of the same keys and with texts only; a json is whatever it is; txt and pdf are
    one text. No text or key holds NUL or half a surrogate pair, no number is infinite. `row_count` is the length of
    a list and None for everything else. `preview` is one short line for people.
    """

    value: Json
    row_count: int | None = None
    preview: str


class FileReader(Protocol):
    async def read(self, content: bytes, file_format: FileFormat) -> FileContent:
        """Raise FileUnreadable when `content` is empty, is not of the format, or is larger than can be read.

        Raise Unavailable when too many others wait to be read. Never keeps the event loop busy, always ends, and
        only a few files are read at the same time, whatever their content does.
        """
