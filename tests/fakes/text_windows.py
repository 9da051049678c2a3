"""Texts cut into overlapping windows."""

from typing import Final

WINDOW: Final = 1200
OVERLAP: Final = 200


def windows_of(text: str) -> list[str]:
    """Pieces of at most 1200 characters of the text with its blanks collapsed, each beginning 200 before the end of
    the one before it."""
    whole = " ".join(text.split())
    starts = range(0, max(1, len(whole) - OVERLAP), WINDOW - OVERLAP)
    pieces = (whole[start : start + WINDOW].strip() for start in starts)
    return [piece for piece in pieces if piece]
