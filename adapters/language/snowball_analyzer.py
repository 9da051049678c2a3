"""Terms by Snowball's stemmers (https://snowballstem.org), chosen by the language of each text.

Writing without spaces becomes single characters and pairs of neighbours.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import Stemmer

from adapters.language.arabic import bare, plain
from adapters.language.detection import NONE, POSSIBLE, language_of
from adapters.language.function_words import FUNCTION_WORDS
from adapters.language.homographs import HOMOGRAPHS
from adapters.language.reading import Reading, languages_shown, reading
from adapters.language.scripts import Script
from adapters.language.words import Word, words
from application.ports.text_analyzer import Analysis

_STEMMED: Final = frozenset(Stemmer.algorithms())
_STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {
    **FUNCTION_WORDS,
    "arabic": frozenset(map(plain, FUNCTION_WORDS["arabic"])),
}


class SnowballAnalyzer:
    def document(self, text: str) -> Analysis:
        found = list(words(text))
        languages = {script: _language(found, script) for script in {script for _, script in found}}
        return Analysis(_main(found, languages), list(_document_terms(found, languages)))

    def title(self, text: str, language: str) -> Sequence[str]:
        found = list(words(text))
        languages = {script: _title_language(found, script, language) for script in {script for _, script in found}}
        return list(_document_terms(found, languages)) or [_stem(word, languages[script]) for word, script in found]

    def query(self, text: str, languages: Collection[str]) -> Sequence[Collection[str]]:
        found = list(dict.fromkeys(words(text)))
        read = {script: reading(_own(found, script), script, languages) for script in {script for _, script in found}}
        telling = [each for each in found if not _is_stop_word(each[0], read[each[1]])]
        return list(dict.fromkeys(_wanted(telling or found, read)))

    def languages_of(self, query: str, languages: Collection[str]) -> Collection[str]:
        found = list(words(query))
        letters = Counter[Script]()
        for word, script in found:
            letters[script] += len(word)
        if not letters:
            return languages
        script = letters.most_common(1)[0][0]
        return languages_shown(_own(found, script), script, languages)


def _own(found: Iterable[Word], script: Script) -> list[str]:
    return [word for word, its in found if its is script]


def _language(found: Iterable[Word], script: Script) -> str:
    return NONE if script is Script.UNSPACED else language_of(_own(found, script), script)


def _title_language(found: Iterable[Word], script: Script, language: str) -> str:
    is_possible = language in POSSIBLE.get(script, ()) or (language == NONE and script is Script.CYRILLIC)
    return language if is_possible else _language(found, script)


def _main(found: Sequence[Word], languages: Mapping[Script, str]) -> str:
    letters = dict.fromkeys(languages, 0)
    for word, script in found:
        letters[script] += 0 if word.isdecimal() else len(word)
    return languages[max(letters, key=letters.__getitem__)] if letters else NONE


def _document_terms(found: Iterable[Word], languages: Mapping[Script, str]) -> Iterator[str]:
    for word, script in found:
        if script is Script.UNSPACED:
            yield from word
            yield from _pairs(word)
        elif term := _term(word, languages[script]):
            yield term


def _wanted(found: Iterable[Word], read: Mapping[Script, Reading]) -> Iterator[tuple[str, ...]]:
    for word, script in found:
        if script is Script.UNSPACED:
            for pair in _pairs(word) if len(word) > 1 else [word]:
                yield (pair,)
        else:
            terms = [_term(word, language) for language in read[script].languages]
            whatever = [_stem(word, language) for language in read[script].languages]
            yield tuple(dict.fromkeys(filter(None, terms))) or tuple(dict.fromkeys(whatever))


def _is_stop_word(word: str, read: Reading) -> bool:
    """Of several languages one is enough, unless the word may say something in another and nothing tells which."""
    among = [language for language in read.languages if not _term(word, language)]
    return len(among) == len(read.languages) or read.likely in among or (bool(among) and word not in HOMOGRAPHS)


def _pairs(run: str) -> list[str]:
    return [one + other for one, other in pairwise(run)]


@lru_cache(maxsize=200_000)
def _term(word: str, language: str) -> str:
    """Blank for a stop word."""
    spelled = plain(word) if language == "arabic" else word
    return "" if spelled in _STOP_WORDS.get(language, ()) else _stem(word, language)


def _stem(word: str, language: str) -> str:
    if language not in _STEMMED:
        return word
    stemmed = bare(plain(word)) if language == "arabic" else word
    return str(_stemmer(language).stemWord(stemmed)) or word


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language, 0)
