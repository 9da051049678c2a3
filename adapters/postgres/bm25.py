"""BM25 (Robertson and Zaragoza, 2009), with the inverse document frequency that is never negative."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

K1: Final = 2.0
B: Final = 0.75
BLOCK: Final = 64
LEAST: Final = np.finfo(np.float32).smallest_subnormal
"""The least score that is more than none."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Which chunks have a term: their slots (each once), how often, and how long they are. Arrays of one size."""

    slots: Any
    occurrences: Any
    lengths: Any


class Bm25:
    """Scores of all chunks in scope, numbered by slot."""

    def __init__(self, *, slots: int, chunks: int, total_length: int) -> None:
        self.scores: Any = np.zeros(slots, np.float32)
        self._chunks = chunks
        self._average = max(1.0, total_length / max(1, chunks))
        self._known = 0.0
        self._wanted = 0.0

    def add(self, readings: Sequence[Postings]) -> None:
        """Score a word of the query by its terms; of several readings of a word the best one counts."""
        found = [each for each in readings if len(each.slots)]
        rarity = self.rarity(max((len(each.slots) for each in found), default=0))
        self._wanted += rarity
        self._known += rarity if found else 0.0
        if len(found) == 1:
            self.scores[found[0].slots] += self._weights(found[0])
        elif found:
            self.scores += self._best(found)

    @property
    def share_known(self) -> float:
        """How much of the query, rare words counting more, occurs in scope at all."""
        return self._known / self._wanted if self._wanted else 0.0

    def rarity(self, holders: int) -> float:
        return math.log(1 + (self._chunks - min(holders, self._chunks) + 0.5) / (holders + 0.5))

    def _best(self, readings: Collection[Postings]) -> Any:
        best = np.zeros(len(self.scores), np.float32)
        for each in readings:
            best[each.slots] = np.maximum(best[each.slots], self._weights(each))
        return best

    def _weights(self, postings: Postings) -> Any:
        shares = postings.lengths * np.float32(K1 * B / self._average)
        shares += np.float32(K1 * (1 - B))
        shares += postings.occurrences
        np.divide(postings.occurrences, shares, out=shares)
        shares *= np.float32(self.rarity(len(postings.slots)) * (K1 + 1))
        return shares


def best_slots(scores: Any, most: int) -> list[int]:
    """Of those with a score, best first; equals in the order of their slots."""
    scored = np.flatnonzero(scores >= max(_reached(scores, most), LEAST))
    if len(scored) > most:
        least = np.partition(scores[scored], len(scored) - most)[len(scored) - most]
        scored = scored[scores[scored] >= least]
    order = np.lexsort((scored, -scores[scored]))[:most]
    best: list[int] = scored[order].tolist()
    return best


def _reached(scores: Any, most: int) -> float:
    """What at least so many slots reach, if many do: the best of each block say so. Far quicker than sorting all."""
    blocks = len(scores) // BLOCK
    if blocks < most:
        return 0.0
    best = scores[: blocks * BLOCK].reshape(blocks, BLOCK).max(axis=1)
    return float(np.partition(best, blocks - most)[blocks - most])
