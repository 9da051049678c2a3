"""Cuts a text into words, each with its script."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, TypeAlias

from adapters.language.scripts import Script, script_of

Word: TypeAlias = tuple[str, Script]

LONGEST_WORD: Final = 64
_WORDS: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0bbe-\u0bcd]+[^\W_]*)*")
_PLAIN: Final = re.compile(r"[a-z0-9]+")
_ARABIC_MARKS: Final = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")


def words(text: str) -> Iterator[Word]:
    """In order, in small letters. Writing without spaces comes in runs."""
    if text.isascii():
        for word in _PLAIN.findall(text.lower()):
            yield word[:LONGEST_WORD], Script.LATIN
        return
    folded = _ARABIC_MARKS.sub("", unicodedata.normalize("NFKC", text).casefold().replace("ς", "σ"))
    for word in _WORDS.findall(folded):
        yield from _by_script(word)


def _by_script(word: str) -> Iterator[Word]:
    """Most words are in one script; runs without spaces are told from what stands beside them."""
    script = script_of(word[0])
    start = 0
    for at, character in enumerate(word):
        there = script_of(character)
        if (there is Script.UNSPACED) != (script is Script.UNSPACED):
            yield _cut(word[start:at], script), script
            start, script = at, there
        elif script is Script.OTHER:
            script = there
    yield _cut(word[start:], script), script


def _cut(word: str, script: Script) -> str:
    return word if script is Script.UNSPACED else word[:LONGEST_WORD]
