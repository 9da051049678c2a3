"""Texts and vectors for measuring: words as unevenly frequent as in any language, vectors in clusters."""

from collections.abc import Sequence
from typing import Any

import numpy as np

VOCABULARY = 60_000
CLUSTERS = 400


class Texts:
    """The same for the same seed."""

    def __init__(self, seed: int, *, dimensions: int) -> None:
        self._chance: Any = np.random.default_rng(seed)
        chance = np.random.default_rng(7)
        self._words = [_word(number) for number in range(VOCABULARY)]
        self._shares = (1 / np.arange(10, VOCABULARY + 10)) / (1 / np.arange(10, VOCABULARY + 10)).sum()
        self._centres = chance.normal(size=(CLUSTERS, dimensions))

    def text(self, words: int = 140) -> str:
        return " ".join(self._words[at] for at in self._chance.choice(VOCABULARY, words, p=self._shares))

    def texts(self, count: int, words: int = 140) -> Sequence[str]:
        drawn = self._chance.choice(VOCABULARY, (count, words), p=self._shares)
        return [" ".join([self._words[at] for at in row]) for row in drawn]

    def vectors(self, count: int) -> Any:
        centres = self._centres[self._chance.integers(0, CLUSTERS, count)]
        vectors = centres + self._chance.normal(size=centres.shape)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _word(number: int) -> str:
    """No two alike, also after stemming."""
    letters = "bdfgklmnprtvz"
    word = ""
    number += len(letters)
    while number:
        number, at = divmod(number, len(letters))
        word += letters[at] + "aou"[at % 3]
    return word + "k"
