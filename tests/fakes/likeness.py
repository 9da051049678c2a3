"""How well texts answer a query: by its words, by the shape of its words, or both. From 0 to 1."""

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from application.ports.knowledge import SearchMode

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Readable:
    """A text prepared for comparing."""

    text: str = field(repr=False)
    spaced: str = field(repr=False)
    words: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> "Readable":
        words = _words(text)
        return cls(text, f" {' '.join(words)} ", frozenset(words))


def scores(query: str, texts: Sequence[Readable], mode: SearchMode) -> list[float]:
    """One for each text: the share of the query that it holds, rare parts of the query counting more."""
    words = set(_words(query))
    by_words = _shares(words, texts, lambda word, text: word in text.words)
    if mode is SearchMode.LEXICAL:
        return by_words
    by_shape = _shares(_trigrams(words), texts, lambda trigram, text: trigram in text.spaced)
    if mode is SearchMode.DENSE:
        return by_shape
    return [(one + other) / 2 for one, other in zip(by_words, by_shape, strict=True)]


def _shares(parts: Collection[str], texts: Sequence[Readable], holds: Callable[[str, Readable], bool]) -> list[float]:
    """Inverse document frequency is the weight of a part, as in BM25 (Robertson and Zaragoza, 2009, section 3.1)."""
    found = {part: [holds(part, text) for text in texts] for part in sorted(parts)}
    weights = {part: math.log1p((len(texts) - sum(hits) + 0.5) / (sum(hits) + 0.5)) for part, hits in found.items()}
    total = sum(weights.values()) or 1.0
    return [sum(weights[part] for part, hits in found.items() if hits[at]) / total for at in range(len(texts))]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _trigrams(words: Collection[str]) -> set[str]:
    """Of words with a blank at both ends, so that beginnings and ends count."""
    return {f" {word} "[at : at + 3] for word in words for at in range(len(word))}
