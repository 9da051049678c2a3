"""What the nearness of an embedder's vectors is worth."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

STRANGE: Final = 0.02
"""Enough to find something where the lexical leg finds nothing, too little to disturb what it found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseVoice:
    """How much an embedder's word counts beside a lexical leg that knows all words of a query.

    `languages` are those that it was made for, None for all. In others nearness means little, and so does its word.
    `tells_unrelated` when a cosine of zero or less says that texts have nothing to do with each other. Between digests
    it says nothing: there the nearest are the nearest, however far away.
    """

    weight: float = 1.0
    languages: frozenset[str] | None = None
    tells_unrelated: bool = True

    def evidence_in(self, languages: Collection[str]) -> float:
        return 1.0 if self.languages is None or self.languages.intersection(languages) else STRANGE

    def matches(self, near: Sequence[tuple[UUID, float]]) -> Sequence[tuple[UUID, float]]:
        """Those of the neighbours, each with its cosine, that have to do with the query."""
        return [each for each in near if each[1] > 0] if self.tells_unrelated else near
