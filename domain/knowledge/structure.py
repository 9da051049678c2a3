"""Cuts a text along its structure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from domain.knowledge.blocks import Block, BlockKind, blocks
from domain.knowledge.fragments import Span, fragments
from domain.knowledge.piece import Piece

_WORD: Final = re.compile(r"(?<!\S)\S")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut further."""

    start: int
    end: int
    is_heading: bool = False


def pieces_by_structure(text: str, *, most: int = 1200, overlap: int = 0) -> tuple[Piece, ...]:
    """Pieces of at most `most` characters, in order, none of them blank; together they hold all but white space.

    Paragraphs and fenced code stay whole when they can, else sentences and lines. A heading stands before what it is
    about, and begins a new piece once the one before is half full. From the second on, up to `overlap` characters of
    the text before are repeated. Raise ValueError unless 0 <= 2 * overlap < `most`.
    """
    if not 0 <= 2 * overlap < most:
        raise ValueError("the overlap must be less than half of the size")
    room = most - overlap
    units = list(_units(text, room))
    if units and units[-1].end - units[0].start <= most:
        return (Piece(text[units[0].start : units[-1].end], units[0].start, units[-1].end),)
    return tuple(_overlapping(text, _packed(_with_headings(units, room), room), overlap))


def _units(text: str, room: int) -> Iterator[_Unit]:
    heading: int | None = None
    for block in blocks(text):
        is_heading = block.kind is BlockKind.HEADING
        if is_heading and (heading is None or block.end - heading > room // 2):
            heading = block.start
        parts = _parts(text, block, room, beside=None if is_heading else heading)
        heading = heading if is_heading else None
        yield from (_Unit(start, end, is_heading) for start, end in parts)


def _parts(text: str, block: Block, room: int, *, beside: int | None) -> Sequence[Span]:
    """What the heading that begins at `beside` is about has a first part that fits beside it, unless it is long."""
    parts = tuple(fragments(text, block, most=room))
    if beside is None or parts[0][1] - beside <= room or block.start - beside > room // 2:
        return parts
    return tuple(fragments(text, block, most=room - (block.start - beside)))


def _with_headings(units: list[_Unit], room: int) -> Iterable[_Unit]:
    """Headings grown together with the unit that follows, where both fit."""
    grown: list[_Unit] = []
    for unit in reversed(units):
        if unit.is_heading and grown and grown[-1].end - unit.start <= room:
            grown[-1] = replace(unit, end=grown[-1].end)
        else:
            grown.append(unit)
    return reversed(grown)


def _packed(units: Iterable[_Unit], room: int) -> Iterator[_Unit]:
    open_unit: _Unit | None = None
    for unit in units:
        if open_unit is None:
            open_unit = unit
        elif _is_full(open_unit, unit, room):
            yield open_unit
            open_unit = unit
        else:
            open_unit = replace(open_unit, end=unit.end)
    if open_unit is not None:
        yield open_unit


def _is_full(filled: _Unit, following: _Unit, room: int) -> bool:
    if following.end - filled.start > room:
        return True
    return following.is_heading and filled.end - filled.start >= room // 2


def _overlapping(text: str, units: Iterable[_Unit], overlap: int) -> Iterator[Piece]:
    earliest = 0
    for unit in units:
        start = _earlier(text, max(earliest, unit.start - overlap), unit.start)
        yield Piece(text[start : unit.end], start, unit.end)
        earliest = unit.start + 1


def _earlier(text: str, earliest: int, start: int) -> int:
    """Where the first word after `earliest` begins; in writing without spaces, `earliest` itself."""
    word = _WORD.search(text, earliest, start)
    if word is not None:
        return word.start()
    return earliest if text[earliest:start].strip() and not text[earliest].isspace() else start
