"""Why a search found what it found, and why not something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain.ids import ChunkId
from domain.knowledge.findings import Findings
from domain.knowledge.match import Component

MOST_MATCHES: Final = 50
"""No answer has more, whatever is asked for."""


class Verdict(StrEnum):
    """What became of a chunk in a search; the first one that applies."""

    FOUND = "found"
    UNKNOWN = "unknown"
    OUT_OF_SCOPE = "out-of-scope"
    FILTERED = "filtered"
    RANKED_LOWER = "ranked-lower"
    NOT_RANKED = "not-ranked"


_REASONS = {
    Verdict.FOUND: "It is among the matches.",
    Verdict.UNKNOWN: "There is no such chunk: its document may be gone, replaced, or not ready yet.",
    Verdict.OUT_OF_SCOPE: "Its corpus is not one of those that were searched.",
    Verdict.FILTERED: "The metadata of its document does not fulfil the conditions.",
    Verdict.RANKED_LOWER: "Others were better: a larger topK would return it.",
    Verdict.NOT_RANKED: "It was searched, but no leg has it among its best.",
}
_TOO_LOW: Final = f"Others were better: it comes after the {MOST_MATCHES} that an answer has at most."


@dataclass(frozen=True, slots=True, kw_only=True)
class LegReport:
    """`found` is how many chunks a leg put forward; `weight` is how much its ranking counted. 0: not at all."""

    found: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkReport:
    """`terms` are those of the query that the chunk has, `missing` those that it has not. `rank` counts from 1."""

    chunk_id: ChunkId
    verdict: Verdict
    rank: int | None = None
    components: Mapping[str, Component] = field(default_factory=dict)
    terms: Sequence[str] = ()
    missing: Sequence[str] = ()

    @property
    def reason(self) -> str:
        is_too_low = self.verdict is Verdict.RANKED_LOWER and self.rank is not None and self.rank > MOST_MATCHES
        return _TOO_LOW if is_too_low else _REASONS[self.verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How `findings` came about. `corpora` is how many were searched; `chunk` is about the one that was asked for.

    A leg that looked into several embedding spaces has found what it found in all of them, and counted as much as in
    the one where it counted most.
    """

    findings: Findings
    corpora: int
    legs: Mapping[str, LegReport]
    terms: Sequence[str]
    chunk: ChunkReport | None = None
