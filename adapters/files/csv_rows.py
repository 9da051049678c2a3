"""The cells of a csv (RFC 4180, and what Python's csv module adds to it)."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from domain.files.errors import FileUnreadable

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_BLANK_LINES: Final = re.compile(r"(?:[^\S\r\n]*+(?:\r\n|\r|\n))++")


def rows(text: str, delimiter: str, start: int = 0) -> Iterator[list[str]]:
    """From position `start` on, without blank lines. Blanks around a cell do not count, blanks inside its quotes do.

    A cell that begins with a quote ends with the next one that is not doubled, line ends and all; what follows it
    still belongs to the cell. A quote anywhere else is a character like any other. Raise FileUnreadable for a quote
    that never ends.
    """
    at = start
    while at < len(text):
        if blank := _BLANK_LINES.match(text, at):
            at = blank.end()
        line_end = _LINE_END.search(text, at)
        end, after = line_end.span() if line_end else (len(text), len(text))
        line = text[at:end]
        if '"' in line:
            cells, after = _quoted_row(text, at, delimiter)
            yield cells
        elif line and not line.isspace():
            yield [cell.strip() for cell in line.split(delimiter)]
        at = after


def _quoted_row(text: str, at: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the row that begins at `at`, and where the next row begins."""
    quote, cell_end = _marks(delimiter)
    cells = []
    while True:
        cell, at = _cell(text, at, quote, cell_end)
        cells.append(cell)
        end = cell_end.search(text, at)
        assert end is not None, "a text always ends"
        at = end.end()
        if end.group() != delimiter:
            return cells, at


@cache
def _marks(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What begins a quoted cell, blanks included, and what ends any cell."""
    blanks = " " if delimiter == "\t" else r"[^\S\r\n]"
    return re.compile(f'{blanks}*"'), re.compile(rf"{re.escape(delimiter)}|\r\n|\r|\n|\Z")


def _cell(text: str, at: int, quote: re.Pattern[str], cell_end: re.Pattern[str]) -> tuple[str, int]:
    begins = quote.match(text, at)
    closed = _closing_quote(text, begins.end()) if begins else at
    end = cell_end.search(text, closed)
    assert end is not None, "a text always ends"
    rest = text[closed : end.start()]
    if begins is None:
        return rest.strip(), end.start()
    inside = text[begins.end() : closed - 1].replace('""', '"')
    return inside + rest.rstrip(), end.start()


def _closing_quote(text: str, start: int) -> int:
    """Where the cell goes on after its closing quote."""
    at = text.find('"', start)
    while at >= 0 and text.startswith('""', at):
        at = text.find('"', at + 2)
    if at < 0:
        line = 1 + len(_LINE_END.findall(text, 0, start))
        raise FileUnreadable(f'The quote (") that opens in line {line} never closes; close it, or double it to mean it')
    return at + 1
