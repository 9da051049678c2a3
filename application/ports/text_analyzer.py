"""Turns texts into the terms that they are found by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Analysis:
    """`terms` in the order of the text, as often as they occur; `language` is what most of it is written in."""

    language: str
    terms: Sequence[str]


class TextAnalyzer(Protocol):
    """Inflected forms of a word become one term, and words that say nothing (stop words) none.

    Text is never refused: what is in no known language still has words.
    """

    def document(self, text: str) -> Analysis:
        """The terms of a text that is to be found."""

    def query(self, text: str, languages: Collection[str]) -> Sequence[Collection[str]]:
        """What to look for: for each different word, the terms that stand for it in texts of `languages`.

        A query is short, so it may not show its language: where it does, that one decides.
        """

    def languages_of(self, query: str, languages: Collection[str]) -> Collection[str]:
        """Which of `languages` most of a query may be written in: the one that it shows, else all that are possible.

        What it shows need not be one of `languages`.
        """
