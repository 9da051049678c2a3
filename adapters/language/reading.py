"""In which languages a query is read: those of the texts that it is asked of, as far as it may be in them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.language.detection import ENOUGH, NONE, POSSIBLE, USUAL, evidence, is_unstemmed, language_of
from adapters.language.scripts import Script

MOST_READINGS: Final = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """`languages` are those that the words may be in, one at least; `likely` is what something speaks for."""

    languages: Sequence[str]
    likely: str | None = None


def reading(words: Sequence[str], script: Script, known: Collection[str]) -> Reading:
    """In what the words speak clearly for among `known`, else in each of those that are written in `script`."""
    if is_unstemmed(words, script):
        return Reading([NONE])
    could_be = _could_be(script, known) or [language_of(words, script)]
    best, lead = _lead(words, could_be)
    # Much of what has no stems looks as if it were in a language that has some.
    unstemmed = [NONE] if script is Script.CYRILLIC and NONE in known else []
    languages = [best] if lead >= ENOUGH else could_be
    return Reading([*languages, *unstemmed], best if lead >= ENOUGH // 2 else None)


def languages_shown(words: Sequence[str], script: Script, known: Collection[str]) -> Collection[str]:
    """Those of `known` that a text in `script` may be in, or the one that its words speak for clearly."""
    if possible := POSSIBLE.get(script):
        best, lead = _lead(words, sorted(possible))
        if lead >= ENOUGH:
            return [best]
    return reading(words, script, known).languages


def _could_be(script: Script, known: Collection[str]) -> list[str]:
    """The usual language is among them whenever it is known."""
    possible = [each for each in known if each in POSSIBLE.get(script, ())]
    first = sorted(possible, key=lambda language: language != USUAL.get(script))[:MOST_READINGS]
    return [each for each in possible if each in first]


def _lead(words: Iterable[str], languages: Sequence[str]) -> tuple[str, int]:
    """What most speaks for, and how much more than for the next."""
    points = evidence(words, languages)
    best, *others = sorted(languages, key=lambda language: -points[language])
    return best, points[best] - max((points[each] for each in others), default=0)
