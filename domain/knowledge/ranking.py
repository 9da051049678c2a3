"""Reciprocal rank fusion: several rankings of the same things become one (Cormack, Clarke and Büttcher, 2009)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Ranked = TypeVar("Ranked", bound=Hashable)

DAMPING: Final = 60


@dataclass(frozen=True, slots=True)
class Ranking(Generic[Ranked]):
    """What one leg found, best first, and how much its word counts."""

    found: Sequence[Ranked]
    weight: float = 1.0


def fused(rankings: Mapping[str, Ranking[Ranked]]) -> list[tuple[Ranked, float]]:
    """Best first; what is equal stays in the order in which it was found, the heaviest ranking first."""
    scores: dict[Ranked, float] = {}
    for ranking in sorted(rankings.values(), key=lambda each: -each.weight):
        for rank, each in enumerate(ranking.found, 1):
            scores[each] = scores.get(each, 0.0) + ranking.weight / (DAMPING + rank)
    return sorted(scores.items(), key=lambda each: -each[1])
