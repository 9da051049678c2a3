"""Texts as JavaScript counts them: in UTF-16 code units, of which characters beyond U+FFFF are two."""

import re
from bisect import bisect_left
from typing import Final

_WIDE: Final = re.compile("[\U00010000-\U0010ffff]")
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)


class CodeUnits:
    """Where the characters of a text stand, counted in code units."""

    def __init__(self, text: str) -> None:
        self._wide = [] if text.isascii() else [found.start() for found in _WIDE.finditer(text)]

    def before(self, position: int) -> int:
        """How many there are before the character at `position`."""
        return position + bisect_left(self._wide, position)


def spelled_out(text: str) -> str:
    """The same text with one character for each code unit, so that positions are JavaScript's."""
    if text.isascii() or _WIDE.search(text) is None:
        return text
    return _WIDE.sub(lambda found: _pair(ord(found[0])), text)


def joined(text: str) -> str:
    """What `spelled_out` took apart; halves that stand alone become U+FFFD."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def between_characters(text: str, position: int) -> int:
    """`position`, or the one before it where it would part the two halves of a character."""
    if 0 < position < len(text) and ord(text[position]) in _LOW and ord(text[position - 1]) in _HIGH:
        return position - 1
    return position


def _pair(code: int) -> str:
    return chr(0xD800 + (code - 0x10000 >> 10)) + chr(0xDC00 + (code - 0x10000 & 0x3FF))
