"""What a text consists of: headings, fenced code, lists and tables, paragraphs.

Reads Markdown as CommonMark does at the top level; plain prose and bare code are paragraphs between blank lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class BlockKind(Enum):
    """LINES are lists, tables and indented text, in which a line is a unit of its own."""

    HEADING = auto()
    CODE = auto()
    LINES = auto()
    PROSE = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """Stands in its text from `start` to before `end`; what is between two blocks is white space."""

    kind: BlockKind
    start: int
    end: int


_BLOCK: Final = re.compile(
    r"""
      ^[ ]{0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*+\n (?: .*?^[ ]{0,3}(?P=fence)[`~]*+[^\S\n]*+$ | .*\Z )
    | ^(?P<heading>[ ]{0,3}\#{1,6}(?:[ \t][^\n]*+)?$)
    | ^(?=[^\n]*\S)[^\n]*+ (?: \n(?=[^\n]*\S)(?![ ]{0,3}(?:\#{1,6}[ \t]|`{3}|~{3}))[^\n]*+ )*+
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_UNDERLINED: Final = re.compile(r"[^\n]+\n {0,3}(?:=+|-+)\s*")
_LINES: Final = re.compile(r"\s*(?:[-*+|>]|\d{1,9}[.)])\s|\||\t| {4}")


def blocks(text: str) -> Iterator[Block]:
    """In order; takes time in proportion to the text, whatever the text."""
    for found in _BLOCK.finditer(text):
        yield Block(_kind(found), found.start(), found.start() + len(found[0].rstrip()))


def _kind(found: re.Match[str]) -> BlockKind:
    if found["fence"]:
        return BlockKind.CODE
    if found["heading"] is not None or _UNDERLINED.fullmatch(found[0]):
        return BlockKind.HEADING
    return BlockKind.LINES if _LINES.match(found[0]) else BlockKind.PROSE
