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

    def title(self, text: str, language: str) -> Sequence[str]:
        """The terms of a title that stands above a text in `language`: too short to show its own.

        Stop words are terms where there is nothing else.
        """

    def query(self, text: str, languages: Collection[str]) -> Sequence[Collection[str]]:
        """What to look for: for each different word, the terms that stand for it in texts of `languages`.

        These are all languages that there are texts in. A query is short, so it may not show which of them it is in:
        where it does, that one decides, else any may. It is never in one that there is no text in, unless there are
        none at all in its script. Stop words are looked for where there is nothing else.
        """

    def languages_of(self, query: str, languages: Collection[str]) -> Collection[str]:
        """Which of `languages` most of a query may be written in: the one that it shows, else all that are possible.

        What it shows need not be one of `languages`.
        """
