"""Tells the language of a text by its script, its function words, and letters that few languages have."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from adapters.language.function_words import FUNCTION_WORDS
from adapters.language.homographs import HOMOGRAPHS, NAME_PARTS
from adapters.language.scripts import Script

USUAL: Final[Mapping[Script, str]] = {
    Script.LATIN: "english",
    Script.CYRILLIC: "russian",
    Script.GREEK: "greek",
    Script.ARABIC: "arabic",
    Script.ARMENIAN: "armenian",
    Script.DEVANAGARI: "hindi",
    Script.TAMIL: "tamil",
}
"""What a text in a script is taken for when too little speaks for another language."""

NONE: Final = "none"
"""The language of texts whose words have no stems that we know."""

ENOUGH: Final = 6
"""What a word is worth that only one of the languages in question has; less is no sign of a language."""
_LETTER: Final = 4

_SCRIPTS: Final[Mapping[Script, Sequence[str]]] = {
    Script.CYRILLIC: ("russian", "serbian"),
    Script.ARABIC: ("arabic", "persian"),
}
_LETTERS: Final = {
    "german": "äöü",
    "spanish": "ñ",
    "portuguese": "ãõ",
    "french": "œêû",
    "polish": "łąęśźż",
    "czech": "řěů",
    "swedish": "åäö",
    "danish": "åæø",
    "norwegian": "åæø",
    "finnish": "äö",
    "turkish": "ğışöü",
    "hungarian": "őűöü",
    "romanian": "țșţ",
    "serbian": "љњћђџј",
    "persian": "پچژگ",
}
_UNSTEMMED_CYRILLIC: Final = frozenset("іїєґўѝ")
_RARE_LETTERS: Final = frozenset("".join(_LETTERS.values()))
_LANGUAGES: Final = tuple(FUNCTION_WORDS)
"""Of two that as much speaks for the first one is meant."""

POSSIBLE: Final[Mapping[Script, frozenset[str]]] = {
    **{script: frozenset({language}) for script, language in USUAL.items()},
    **{script: frozenset(languages) for script, languages in _SCRIPTS.items()},
    Script.LATIN: frozenset(FUNCTION_WORDS) - {"russian", "serbian", "arabic", "persian", "greek", "hindi"},
}
"""Which languages a text in a script may be in."""


def language_of(words: Sequence[str], script: Script) -> str:
    """The language of words that are all written in `script`: the usual one unless enough speaks against it."""
    if is_unstemmed(words, script):
        return NONE
    usual, possible = USUAL.get(script, NONE), POSSIBLE.get(script, frozenset())
    if len(possible) < 2:
        return usual
    points = _points(words, _all_evidence(possible))
    best = max(_LANGUAGES, key=lambda language: (points[language], language == usual))
    sound = evidence(words, (usual, best))
    return best if sound[best] - sound[usual] >= ENOUGH else usual


def is_unstemmed(words: Iterable[str], script: Script) -> bool:
    return script is Script.CYRILLIC and any(_UNSTEMMED_CYRILLIC.intersection(word) for word in words)


def evidence(words: Iterable[str], languages: Collection[str]) -> Counter[str]:
    """How much speaks for each of `languages`, and not for any of them: each word counts once, and homographs little
    where the language that they say something in is one of them.
    """
    return _points(set(words), _sound_evidence(frozenset(languages)))


_Evidence = Mapping[str, Sequence[tuple[str, int]]]


def _points(words: Iterable[str], speaks_for: _Evidence) -> Counter[str]:
    points: Counter[str] = Counter()
    for word in words:
        for language, worth in speaks_for.get(word, ()):
            points[language] += worth
        if not word.isascii():
            for letter in _RARE_LETTERS.intersection(word):
                for language, worth in speaks_for.get(letter, ()):
                    points[language] += worth
    return points


@lru_cache(maxsize=64)
def _all_evidence(languages: frozenset[str]) -> _Evidence:
    """Words that languages share count less for each."""
    found: dict[str, list[str]] = {}
    for language in filter(languages.__contains__, _LANGUAGES):
        for word in FUNCTION_WORDS[language]:
            found.setdefault(word, []).append(language)
    words = {word: [(each, ENOUGH // min(ENOUGH, len(of))) for each in of] for word, of in found.items()}
    letters: dict[str, list[tuple[str, int]]] = {}
    for language in filter(languages.__contains__, _LETTERS):
        for letter in _LETTERS[language]:
            letters.setdefault(letter, []).append((language, _LETTER))
    return {**letters, **words}


@lru_cache(maxsize=64)
def _sound_evidence(languages: frozenset[str]) -> _Evidence:
    whole = _all_evidence(languages)
    if not languages.intersection(USUAL.values()):
        return whole
    return {word: [(each, min(worth, _most(word))) for each, worth in of] for word, of in whole.items()}


def _most(word: str) -> int:
    """What a word may be worth where the usual language of its script is in question."""
    if word in HOMOGRAPHS or (len(word) == 1 and word.isascii()):
        return 1
    return ENOUGH // 3 if word in NAME_PARTS else ENOUGH
