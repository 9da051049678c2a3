"""What the legs found, and the one ranking that follows from it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from adapters.postgres.database import Database, Snapshot
from adapters.postgres.dense_leg import READ_THROUGH, DenseLeg
from adapters.postgres.dense_voice import DenseVoice
from adapters.postgres.lexical_leg import LexicalLeg
from adapters.postgres.metadata_filter import json_path
from adapters.postgres.query_vectors import QueryVectors
from adapters.postgres.search_scope import SearchScope, corpora_in, spaces_in
from application.ports.embedders import Embedders
from application.ports.knowledge import Search, SearchMode
from application.ports.text_analyzer import TextAnalyzer
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.match import Component
from domain.knowledge.ranking import Ranking, fused

DENSE: Final = "dense"
LEXICAL: Final = "lexical"
SIDE_BY_SIDE: Final = 4_000
"""From how many chunks on what the legs save by going at the same time is more than a second connection costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRanking:
    """What a leg found, best first, each with its score. The dense leg has one for each embedding space that it looked
    into: its vectors are compared with no others, so nearness in two spaces is not comparable either."""

    leg: str
    found: Sequence[tuple[UUID, float]]
    weight: float
    evidence: float

    @property
    def share(self) -> float:
        return self.weight * self.evidence

    @property
    def ranking(self) -> Ranking[UUID]:
        return Ranking([chunk_id for chunk_id, _ in self.found], self.weight, self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridRanking:
    """`ranked` holds chunks with their fused scores, best first. What is read through `snapshot` is as it was when it
    was ranked."""

    snapshot: Snapshot
    scope: SearchScope
    legs: Sequence[LegRanking]
    ranked: Sequence[tuple[UUID, float]]
    warnings: Sequence[str]

    def components(self) -> Mapping[UUID, Mapping[str, Component]]:
        components: dict[UUID, dict[str, Component]] = {}
        for each in self.legs:
            for rank, (chunk_id, score) in enumerate(each.found, 1):
                components.setdefault(chunk_id, {})[each.leg] = Component(rank, score)
        return components


class HybridRanker:
    """`voices` are those of the embedders by the spaces of their vectors; whoever is not among them has a full one."""

    def __init__(
        self,
        database: Database,
        analyzer: TextAnalyzer,
        embedders: Embedders,
        *,
        voices: Mapping[EmbeddingSpace, DenseVoice] | None = None,
        read_through: int = READ_THROUGH,
        side_by_side: int = SIDE_BY_SIDE,
    ) -> None:
        self._database = database
        self._analyzer = analyzer
        self._embedders = embedders
        self._voices = voices or {}
        self._read_through = read_through
        self._side_by_side = side_by_side

    @asynccontextmanager
    async def ranked(self, wanted: Search) -> AsyncIterator[HybridRanking]:
        """Raise what an embedder raised where nothing else is to be asked.

        Queries are embedded before anything is looked at: that may take long, and a snapshot must not. When corpora
        have moved to another space meanwhile, it begins again.
        """
        query = QueryVectors(self._embedders, wanted.query)
        while True:
            spaces = await self._embedded(wanted, query)
            async with self._database.snapshot() as snapshot:
                scope = await corpora_in(snapshot, wanted.owner_id, wanted.scope)
                if wanted.mode is SearchMode.LEXICAL or spaces.keys() >= {*scope.spaces}:
                    look = _Look(wanted=wanted, snapshot=snapshot, scope=scope, query=query)
                    yield await self._ranking(look, spaces)
                    return

    async def _embedded(self, wanted: Search, query: QueryVectors) -> Mapping[int, EmbeddingSpace]:
        if wanted.mode is SearchMode.LEXICAL:
            return {}
        spaces = await spaces_in(self._database, wanted.owner_id, wanted.scope)
        await query.make(spaces.values())
        refused = [query.refusals[each] for each in spaces.values() if each in query.refusals]
        if refused and wanted.mode is SearchMode.DENSE:
            raise refused[0]
        return spaces

    async def _ranking(self, look: "_Look", spaces: Mapping[int, EmbeddingSpace]) -> HybridRanking:
        there = {number: spaces[number] for number in look.scope.spaces if number in spaces}
        legs = await self._legs(look, there)
        return HybridRanking(
            snapshot=look.snapshot,
            scope=look.scope,
            legs=legs,
            ranked=fused([each.ranking for each in legs], together=_together(legs)),
            warnings=list(_warnings(look.query, there.values())),
        )

    async def _legs(self, look: "_Look", there: Mapping[int, EmbeddingSpace]) -> Sequence[LegRanking]:
        if look.wanted.mode is SearchMode.DENSE:
            return await self._all_near(look, there)
        if not there or look.scope.settled < self._side_by_side:
            return [*await self._all_near(look, there), await self._by_words(look)]
        async with self._database.beside(look.snapshot) as other:
            if other is None:
                return [*await self._all_near(look, there), await self._by_words(look)]
            near = asyncio.create_task(self._all_near(replace(look, snapshot=other), there))
            by_words = asyncio.create_task(self._by_words(look))
            await _both(near, by_words)
        return [*near.result(), by_words.result()]

    async def _all_near(self, look: "_Look", there: Mapping[int, EmbeddingSpace]) -> Sequence[LegRanking]:
        return [await self._near(look, number, space) for number, space in there.items()]

    async def _near(self, look: "_Look", number: int, space: EmbeddingSpace) -> LegRanking:
        voice, vector = self._voices.get(space, DenseVoice()), look.query.find(space)
        weight = 1.0 if look.wanted.mode is SearchMode.DENSE else voice.weight
        if vector is None:
            return LegRanking(leg=DENSE, found=[], weight=weight, evidence=0.0)
        leg = DenseLeg(look.snapshot, read_through=self._read_through)
        near = await leg.find(look.scope, number, vector, json_path(look.wanted.where))
        languages = self._analyzer.languages_of(look.wanted.query, look.scope.languages)
        return LegRanking(leg=DENSE, found=voice.matches(near), weight=weight, evidence=voice.evidence_in(languages))

    async def _by_words(self, look: "_Look") -> LegRanking:
        if not look.scope.corpora:
            return LegRanking(leg=LEXICAL, found=[], weight=1.0, evidence=0.0)
        leg = LexicalLeg(look.snapshot, self._analyzer)
        found = await leg.find(look.scope, look.wanted.query, json_path(look.wanted.where))
        return LegRanking(leg=LEXICAL, found=found.found, weight=1.0, evidence=found.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What one search has to do with."""

    wanted: Search
    snapshot: Snapshot
    scope: SearchScope
    query: QueryVectors


async def _both(one: "asyncio.Task[Any]", other: "asyncio.Task[Any]") -> None:
    """Nobody uses a connection that somebody else has by then: both have ended, whatever becomes of them."""
    try:
        await asyncio.gather(one, other)
    finally:
        one.cancel()
        other.cancel()
        await asyncio.wait([one, other])


def _together(legs: Sequence[LegRanking]) -> float:
    """A chunk is in one space only."""
    return sum(max((each.weight for each in legs if each.leg == name), default=0.0) for name in (DENSE, LEXICAL))


def _warnings(query: QueryVectors, spaces: Iterable[EmbeddingSpace]) -> Iterator[str]:
    for space in spaces:
        if space in query.refusals:
            yield f'Corpora of the embedding space "{space.name}" were searched by words alone: {query.refusals[space]}'
