"""Which character separates the cells of a csv."""

import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Final

from adapters.files.csv_rows import rows
from domain.files.errors import FileUnreadable

SAMPLE_ROWS: Final = 20
SAMPLE_CHARACTERS: Final = 256 * 1024
_CANDIDATES: Final = ",;|\t"
_SAID_TO_EXCEL: Final = re.compile(r'\s*"?sep=([^\w\s"]|\t)"?[ ]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


def delimited(text: str) -> tuple[str, int]:
    """The delimiter, and where the table begins: after the line that says it to Excel, `sep=;`, if there is one.

    Where nothing says it, it is the one of comma, semicolon, pipe and tab that splits the first rows like the
    header. Among equals a tab, then the one most frequent in the header, then in this order. Nothing inside quotes
    counts, and what is not in the header is no delimiter.
    """
    if said := _SAID_TO_EXCEL.match(text):
        return said.group(1), said.end()
    sample = text[:SAMPLE_CHARACTERS]
    splits = [split for each in _CANDIDATES if (split := _split(sample, each)).header > 1]
    best = max(splits, key=lambda split: split.merit, default=None)
    return best.delimiter if best else ",", 0


@dataclass(frozen=True, slots=True)
class _Split:
    """How many cells the header has, and which share of the rows after it has as many."""

    delimiter: str
    header: int
    evenness: float

    @property
    def merit(self) -> tuple[float, bool, int]:
        return self.evenness, self.delimiter == "\t", self.header


def _split(text: str, delimiter: str) -> _Split:
    widths: list[int] = []
    with suppress(FileUnreadable):
        widths.extend(len(row) for row in islice(rows(text, delimiter), SAMPLE_ROWS + 1))
    header, *others = widths or [0]
    even = sum(width == header for width in others)
    return _Split(delimiter, header, even / len(others) if others else 1.0)
