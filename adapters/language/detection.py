"""Tells the language of a text by its script, its function words, and letters that few languages have."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from adapters.language.function_words import FUNCTION_WORDS
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
"""What a text in a script is taken for when nothing speaks for another language."""

NONE: Final = "none"
"""The language of texts whose words have no stems that we know."""

_SCRIPTS: Final[Mapping[Script, Sequence[str]]] = {
    Script.CYRILLIC: ("russian", "serbian"),
    Script.ARABIC: ("arabic", "persian"),
}
_LETTERS: Final = {
    "german": "ß",
    "spanish": "ñ",
    "portuguese": "ãõ",
    "french": "œêû",
    "polish": "łąęśźż",
    "czech": "řěů",
    "turkish": "ğış",
    "hungarian": "őű",
    "romanian": "țșţ",
    "serbian": "љњћђџј",
    "persian": "پچژگی",
}
_UNSTEMMED_CYRILLIC: Final = frozenset("іїєґўѝ")


def _by_evidence() -> Mapping[str, Sequence[str]]:
    """Which languages a word or a letter speaks for."""
    found: dict[str, list[str]] = {}
    for language, words in FUNCTION_WORDS.items():
        for word in words:
            found.setdefault(word, []).append(language)
    for language, letters in _LETTERS.items():
        for letter in letters:
            found.setdefault(letter, []).append(language)
    return found


_SPEAKS_FOR: Final = _by_evidence()
_RARE_LETTERS: Final = frozenset("".join(_LETTERS.values()))


def languages_shown(words: Iterable[str], script: Script) -> Counter[str]:
    """How much speaks for each language that is written in `script`: words shared by languages count less."""
    shown: Counter[str] = Counter()
    possible = _possible(script)
    for word in words:
        speaks_for = _SPEAKS_FOR.get(word, ())
        for language in speaks_for:
            if language in possible:
                shown[language] += 6 // min(6, len(speaks_for))
        for letter in _RARE_LETTERS.intersection(word):
            for language in _SPEAKS_FOR[letter]:
                if language in possible:
                    shown[language] += 3
    return shown


def _possible(script: Script) -> frozenset[str]:
    return _POSSIBLE.get(script, frozenset())


_POSSIBLE: Final[Mapping[Script, frozenset[str]]] = {
    **{script: frozenset({language}) for script, language in USUAL.items()},
    **{script: frozenset(languages) for script, languages in _SCRIPTS.items()},
    Script.LATIN: frozenset(FUNCTION_WORDS) - {"russian", "serbian", "arabic", "persian", "greek", "hindi"},
}


def language_of(words: Sequence[str], script: Script) -> str:
    """The language of words that are all written in `script`."""
    if script is Script.CYRILLIC and any(_UNSTEMMED_CYRILLIC.intersection(word) for word in words):
        return NONE
    shown = languages_shown(words, script)
    if not shown:
        return USUAL.get(script, NONE)
    usual = USUAL.get(script)
    return max(shown, key=lambda language: (shown[language], language == usual, language))
