"""Which writing a character belongs to."""

from enum import StrEnum
from functools import lru_cache
from typing import Final


class Script(StrEnum):
    """Those that matter to words: OTHER is whatever is written with spaces and has no rule of its own."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"
    GREEK = "greek"
    ARABIC = "arabic"
    ARMENIAN = "armenian"
    DEVANAGARI = "devanagari"
    TAMIL = "tamil"
    UNSPACED = "unspaced"
    OTHER = "other"


_RANGES: Final = (
    (0x0041, 0x024F, Script.LATIN),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x0370, 0x03FF, Script.GREEK),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0530, 0x058F, Script.ARMENIAN),
    (0x0600, 0x077F, Script.ARABIC),
    (0x08A0, 0x08FF, Script.ARABIC),
    (0xFB50, 0xFDFF, Script.ARABIC),
    (0xFE70, 0xFEFC, Script.ARABIC),
    (0x0900, 0x097F, Script.DEVANAGARI),
    (0x0B80, 0x0BFF, Script.TAMIL),
    (0x0E00, 0x0EFF, Script.UNSPACED),  # Thai, Lao
    (0x1000, 0x109F, Script.UNSPACED),  # Burmese
    (0x1780, 0x17FF, Script.UNSPACED),  # Khmer
    (0x3040, 0x30FF, Script.UNSPACED),  # Hiragana, Katakana
    (0x31F0, 0x31FF, Script.UNSPACED),
    (0x3400, 0x4DBF, Script.UNSPACED),
    (0x4E00, 0x9FFF, Script.UNSPACED),  # Han
    (0xAC00, 0xD7AF, Script.UNSPACED),  # Hangul: spaced, but what a space ends is a phrase
    (0xF900, 0xFAFF, Script.UNSPACED),
    (0x20000, 0x3FFFF, Script.UNSPACED),
)


@lru_cache(maxsize=20_000)
def script_of(character: str) -> Script:
    point = ord(character)
    for first, last, script in _RANGES:
        if first <= point <= last:
            return script
    return Script.OTHER
