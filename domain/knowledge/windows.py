"""Cuts a text into windows of equal size, whatever it says."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.knowledge.code_units import between_characters, joined, spelled_out

BLANKS: Final = " \t\n\v\f\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""White space as regular expressions of JavaScript know it."""

_RUN: Final = re.compile(f"[{BLANKS}]+")
_LONG_RUN: Final = re.compile(f"[{BLANKS}]{{2,}}")
_PART: Final = re.compile(f".{{1,65536}}+[{BLANKS}]*+", re.DOTALL)
"""Ends with a run or between two words. Python threads take turns between two searches and never within one, so a long
text is searched in parts: nobody has to wait for all of it."""

_AT_START: Final = re.compile(f"[{BLANKS}]*")


@dataclass(frozen=True, slots=True)
class Window:
    """All positions in UTF-16 code units: `start` and `end` in the collapsed text, before `text` was trimmed;
    `source_start` and `source_end` in the text as it was given, around the trimmed piece."""

    text: str
    start: int
    end: int
    source_start: int
    source_end: int


class Collapsed:
    """A text with each run of white space as one space and none around, in code units; knows where all of it was."""

    def __init__(self, text: str) -> None:
        source = spelled_out(text)
        self.text = "".join(_RUN.sub(" ", part[0]) for part in _PART.finditer(source)).strip(" ")
        self._since, self._shifts = [0], [0]
        leading = _AT_START.match(source)
        start = self._shifts[0] = leading.end() if leading else 0
        for run in _LONG_RUN.finditer(source, start):
            self._since.append(run.start() - self._shifts[-1] + 1)
            self._shifts.append(self._shifts[-1] + len(run[0]) - 1)

    def source(self, position: int) -> int:
        """Where a character that is no white space stood."""
        return position + self._shifts[bisect_right(self._since, position) - 1]


def windows(text: str, *, size: int, overlap: int) -> Iterator[Window]:
    """Windows of `size` code units, each beginning `overlap` before the end of the last; blank ones are left out.

    A cut that would part a character is moved before it, so a window may have one more. Raise ValueError unless
    0 <= overlap < `size`.
    """
    if not 0 <= overlap < size:
        raise ValueError("the overlap must be less than the size")
    collapsed = Collapsed(text)
    start, total = 0, len(collapsed.text)
    while start < total:
        end = min(start + size, total)
        if window := _window(collapsed, start, end):
            yield window
        if end == total:
            return
        start = end - overlap


def _window(collapsed: Collapsed, nominal_start: int, nominal_end: int) -> Window | None:
    start = between_characters(collapsed.text, nominal_start)
    end = between_characters(collapsed.text, nominal_end)
    cut = collapsed.text[start:end]
    trimmed = cut.strip(" ")
    if not trimmed:
        return None
    first = start + len(cut) - len(cut.lstrip(" "))
    last = first + len(trimmed) - 1
    return Window(joined(trimmed), start, end, collapsed.source(first), collapsed.source(last) + 1)
