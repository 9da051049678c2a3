"""Terms by Snowball's stemmers (https://snowballstem.org), chosen by the language of each text.

Writing without spaces becomes single characters and pairs of neighbours.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import Stemmer

from adapters.language.detection import NONE, USUAL, language_of, languages_shown
from adapters.language.function_words import FUNCTION_WORDS
from adapters.language.scripts import Script
from adapters.language.words import Word, words
from application.ports.text_analyzer import Analysis

MOST_LANGUAGES: Final = 4
"""How many readings of a query without a recognisable language are looked for."""

_STEMMED: Final = frozenset(Stemmer.algorithms())


class SnowballAnalyzer:
    def document(self, text: str) -> Analysis:
        found = list(words(text))
        languages = {script: _language(found, script) for script in {script for _, script in found}}
        return Analysis(_main(found, languages), list(_document_terms(found, languages)))

    def query(self, text: str, languages: Collection[str]) -> Sequence[Collection[str]]:
        found = list(words(text))
        readings = {script: _readings(found, script, languages) for script in {script for _, script in found}}
        wanted = [terms for word, script in dict.fromkeys(found) for terms in _wanted(word, script, readings[script])]
        return list(dict.fromkeys(wanted))

    def languages_of(self, query: str, languages: Collection[str]) -> Collection[str]:
        found = list(words(query))
        letters = Counter[Script]()
        for word, script in found:
            letters[script] += len(word)
        return _readings(found, letters.most_common(1)[0][0], languages) if letters else languages


def _language(found: Iterable[Word], script: Script) -> str:
    return NONE if script is Script.UNSPACED else language_of([word for word, its in found if its is script], script)


def _main(found: Sequence[Word], languages: dict[Script, str]) -> str:
    letters = dict.fromkeys(languages, 0)
    for word, script in found:
        letters[script] += 0 if word.isdecimal() else len(word)
    return languages[max(letters, key=letters.__getitem__)] if letters else NONE


def _document_terms(found: Iterable[Word], languages: dict[Script, str]) -> Iterator[str]:
    for word, script in found:
        if script is Script.UNSPACED:
            yield from word
            yield from _pairs(word)
        elif term := _stem(word, languages[script]):
            yield term


def _readings(found: Iterable[Word], script: Script, known: Collection[str]) -> Sequence[str]:
    """The language that the words show, or else all known ones that they could be in."""
    own = [word for word, its in found if its is script]
    shown = languages_shown(own, script)
    if shown:
        return [language_of(own, script)]
    usual = USUAL.get(script, NONE)
    could_be = [language for language in known if usual in _SIBLINGS.get(language, (language,))]
    return could_be[:MOST_LANGUAGES] or [usual]


_SIBLINGS: Final = {
    **dict.fromkeys(FUNCTION_WORDS, ("english",)),
    "russian": ("russian",),
    "serbian": ("russian",),
    "arabic": ("arabic",),
    "persian": ("arabic",),
    "greek": ("greek",),
    "hindi": ("hindi",),
}


def _wanted(word: str, script: Script, readings: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if script is Script.UNSPACED:
        for pair in _pairs(word) if len(word) > 1 else [word]:
            yield (pair,)
    else:
        terms = tuple(dict.fromkeys(filter(None, (_stem(word, language) for language in readings))))
        if terms:
            yield terms


def _pairs(run: str) -> list[str]:
    return [one + other for one, other in pairwise(run)]


@lru_cache(maxsize=200_000)
def _stem(word: str, language: str) -> str:
    """Blank for a stop word."""
    if word in FUNCTION_WORDS.get(language, ()):
        return ""
    if language not in _STEMMED:
        return word
    return str(_stemmer(language).stemWord(word)) or word


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language, 0)
