"""A part of a text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` stands in the text it was cut from at `start`, counted in characters, and ends before `end`."""

    text: str
    start: int
    end: int
