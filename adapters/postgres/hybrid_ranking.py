"""What both legs found, and the one ranking that follows from it."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.dense_leg import READ_THROUGH, DenseLeg
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.legs import Leg
from adapters.postgres.lexical_leg import LexicalLeg
from adapters.postgres.metadata_filter import json_path
from adapters.postgres.search_scope import SearchScope, corpora_in
from application.ports.embedder import Embedder
from application.ports.knowledge import Search, SearchMode
from application.ports.text_analyzer import TextAnalyzer
from domain.knowledge.match import Component
from domain.knowledge.ranking import Ranking, fused

NOTHING: Final = Leg([], 0.0)
STRANGE: Final = 0.02
"""Enough to find something where the lexical leg finds nothing, too little to disturb what it found."""


@dataclass(frozen=True, slots=True)
class HybridRanking:
    """`ranked` holds chunks with their fused scores, best first; `weights` says how much each leg counted."""

    scope: SearchScope
    legs: Mapping[str, Leg]
    weights: Mapping[str, float]
    ranked: Sequence[tuple[UUID, float]]

    def components(self) -> Mapping[UUID, Mapping[str, Component]]:
        components: dict[UUID, dict[str, Component]] = {}
        for name, leg in self.legs.items():
            for rank, (chunk_id, score) in enumerate(leg.found, 1):
                components.setdefault(chunk_id, {})[name] = Component(rank, score)
        return components


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseVoice:
    """How much an embedder's word counts beside a lexical leg that knows all words of a query.

    `languages` are those that it was made for, None for all. In others nearness means little, and so does its word.
    """

    weight: float = 1.0
    languages: frozenset[str] | None = None

    def evidence_in(self, languages: Collection[str]) -> float:
        return 1.0 if self.languages is None or self.languages.intersection(languages) else STRANGE


class HybridRanker:
    def __init__(
        self,
        database: Database,
        analyzer: TextAnalyzer,
        embedder: Embedder,
        *,
        voice: DenseVoice = DenseVoice(),
        read_through: int = READ_THROUGH,
    ) -> None:
        self._database = database
        self._analyzer = analyzer
        self._embedder = embedder
        self._voice = voice
        self._spaces = EmbeddingSpaces(database)
        self._dense_leg = DenseLeg(database, read_through=read_through)
        self._lexical_leg = LexicalLeg(database, analyzer)

    async def rank(self, wanted: Search) -> HybridRanking:
        scope = await corpora_in(self._database, wanted.owner_id, wanted.scope)
        dense, lexical = await asyncio.gather(self._dense(wanted, scope), self._lexical(wanted, scope))
        legs = {"dense": dense, "lexical": lexical}
        rankings = {
            "dense": Ranking([each for each, _ in dense.found], self._dense_weight(wanted.mode), dense.evidence),
            "lexical": Ranking([each for each, _ in lexical.found], _lexical_weight(wanted.mode), lexical.evidence),
        }
        weights = {name: ranking.weight * ranking.evidence for name, ranking in rankings.items()}
        return HybridRanking(scope, legs, weights, fused(rankings.values()))

    async def _dense(self, wanted: Search, scope: SearchScope) -> Leg:
        if wanted.mode is SearchMode.LEXICAL or not scope.corpora:
            return NOTHING
        space = await self._spaces.find(self._embedder.space)
        if not scope.in_space(space):
            return NOTHING
        vector = await self._embedder.embed_query(wanted.query)
        found = await self._dense_leg.find(scope, space, vector, json_path(wanted.where))
        languages = self._analyzer.languages_of(wanted.query, scope.languages)
        return Leg(found, self._voice.evidence_in(languages))

    async def _lexical(self, wanted: Search, scope: SearchScope) -> Leg:
        if wanted.mode is SearchMode.DENSE or not scope.corpora:
            return NOTHING
        return await self._lexical_leg.find(scope, wanted.query, json_path(wanted.where))

    def _dense_weight(self, mode: SearchMode) -> float:
        return {SearchMode.DENSE: 1.0, SearchMode.LEXICAL: 0.0}.get(mode, self._voice.weight)


def _lexical_weight(mode: SearchMode) -> float:
    return 0.0 if mode is SearchMode.DENSE else 1.0
