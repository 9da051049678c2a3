"""Texts and vectors for measuring: words as unevenly frequent as in any language, vectors in clusters."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

VOCABULARY = 60_000
IN_A_CLUSTER = 100


class Texts:
    """The same for the same topic, size and seed. Topics are as far from each other as chance has it."""

    def __init__(self, topic: int, *, chunks: int, seed: int = 0, dimensions: int) -> None:
        self._chance: Any = np.random.default_rng((topic, seed))
        self._centres = np.random.default_rng((7, topic)).normal(size=(max(1, chunks // IN_A_CLUSTER), dimensions))

    def texts(self, count: int, words: int = 140) -> Sequence[str]:
        known, shares = _words()
        drawn = self._chance.choice(VOCABULARY, (count, words), p=shares)
        return [" ".join([known[at] for at in row]) for row in drawn]

    def vectors(self, count: int) -> Any:
        centres = self._centres[self._chance.integers(0, len(self._centres), count)]
        vectors = centres + self._chance.normal(size=centres.shape)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@cache
def _words() -> tuple[Sequence[str], Any]:
    shares = 1 / np.arange(10, VOCABULARY + 10)
    return [_word(number) for number in range(VOCABULARY)], shares / shares.sum()


def _word(number: int) -> str:
    """No two alike, also after stemming."""
    letters = "bdfgklmnprtvz"
    word = ""
    number += len(letters)
    while number:
        number, at = divmod(number, len(letters))
        word += letters[at] + "aou"[at % 3]
    return word + "k"
