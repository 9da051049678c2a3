"""Reciprocal rank fusion: several rankings of the same things become one (Cormack, Clarke and Büttcher, 2009)."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Ranked = TypeVar("Ranked", bound=Hashable)

DAMPING: Final = 60


@dataclass(frozen=True, slots=True)
class Ranking(Generic[Ranked]):
    """What one leg found, best first, and how much its word counts: `evidence`, from 0 to 1, of its `weight`."""

    found: Sequence[Ranked]
    weight: float = 1.0
    evidence: float = 1.0


def fused(rankings: Collection[Ranking[Ranked]], *, together: float | None = None) -> list[tuple[Ranked, float]]:
    """Best first, with scores from 0 to 1: 1 is what comes first in every ranking, each with full evidence.

    `together` is the weight of all rankings that one thing can be in; None where that is all of them.

    What is equal stays in the order in which it was found, in the heaviest ranking first.
    """
    scores: dict[Ranked, float] = {}
    for ranking in sorted(rankings, key=lambda each: -each.weight):
        share = ranking.weight * ranking.evidence
        for rank, each in enumerate(ranking.found if share else (), 1):
            scores[each] = scores.get(each, 0.0) + share / (DAMPING + rank)
    best = (sum(ranking.weight for ranking in rankings) if together is None else together) / (DAMPING + 1)
    return sorted(((each, score / best) for each, score in scores.items()), key=lambda each: -each[1])
