"""Search by meaning and by words, in PostgreSQL."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from adapters.postgres.database import Database
from adapters.postgres.dense_leg import READ_THROUGH, DenseLeg
from adapters.postgres.documents import decoded
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.legs import Leg
from adapters.postgres.lexical_leg import LexicalLeg
from adapters.postgres.metadata_filter import json_path
from adapters.postgres.search_scope import SearchScope, corpora_in
from application.ports.embedder import Embedder
from application.ports.knowledge import Search, SearchMode
from application.ports.text_analyzer import TextAnalyzer
from domain.ids import ChunkId, CorpusId, DocumentId
from domain.knowledge.match import Component, Match
from domain.knowledge.ranking import Ranking, fused

MATCHES: Final = """
SELECT chunk.id, chunk.corpus_id, chunk.document_id, chunk.chunk_index, chunk.content, chunk.metadata,
       document.title, document.source_type
FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
WHERE chunk.id = ANY($1::uuid[])
"""
NOTHING: Final = Leg([], 0.0)


class PostgresKnowledgeSearch:
    """`dense_weight` is how much the embedder's word counts beside a lexical leg that knows all words of a query."""

    def __init__(
        self,
        database: Database,
        analyzer: TextAnalyzer,
        embedder: Embedder,
        *,
        dense_weight: float = 1.0,
        read_through: int = READ_THROUGH,
    ) -> None:
        self._database = database
        self._embedder = embedder
        self._dense_weight = dense_weight
        self._spaces = EmbeddingSpaces(database)
        self._dense_leg = DenseLeg(database, read_through=read_through)
        self._lexical_leg = LexicalLeg(database, analyzer)

    async def search(self, wanted: Search) -> Sequence[Match]:
        scope = await corpora_in(self._database, wanted.owner_id, wanted.scope)
        if not scope.corpora:
            return []
        legs = await self._legs(wanted, scope)
        ranked = fused(self._rankings(legs))[: wanted.top_k]
        return await self._matches(ranked, legs)

    async def _legs(self, wanted: Search, scope: SearchScope) -> Mapping[str, Leg]:
        condition = json_path(wanted.where)
        dense, lexical = await asyncio.gather(
            _nothing() if wanted.mode is SearchMode.LEXICAL else self._dense(wanted.query, scope, condition),
            _nothing() if wanted.mode is SearchMode.DENSE else self._lexical_leg.find(scope, wanted.query, condition),
        )
        return {"dense": dense, "lexical": lexical}

    async def _dense(self, query: str, scope: SearchScope, condition: str | None) -> Leg:
        space = await self._spaces.find(self._embedder.space)
        if not scope.in_space(space):
            return NOTHING
        vector = await self._embedder.embed_query(query)
        return await self._dense_leg.find(scope, space, vector, condition)

    def _rankings(self, legs: Mapping[str, Leg]) -> Mapping[str, Ranking[UUID]]:
        weights = {"dense": self._dense_weight, "lexical": 1.0}
        return {
            name: Ranking([chunk_id for chunk_id, _ in leg.found], weights[name] * leg.evidence)
            for name, leg in legs.items()
        }

    async def _matches(self, ranked: Sequence[tuple[UUID, float]], legs: Mapping[str, Leg]) -> Sequence[Match]:
        rows = await self._database.rows(MATCHES, [chunk_id for chunk_id, _ in ranked])
        found = {row["id"]: row for row in rows}
        components = _components(legs)
        return [
            Match(
                corpus_id=CorpusId(row["corpus_id"]),
                document_id=DocumentId(row["document_id"]),
                chunk_id=ChunkId(chunk_id),
                chunk_index=row["chunk_index"],
                score=score,
                content=row["content"],
                title=row["title"],
                source_type=row["source_type"],
                metadata=decoded(row["metadata"]),
                components=components[chunk_id],
            )
            for chunk_id, score in ranked
            if (row := found.get(chunk_id)) is not None
        ]


async def _nothing() -> Leg:
    return NOTHING


def _components(legs: Mapping[str, Leg]) -> Mapping[UUID, Mapping[str, Component]]:
    components: dict[UUID, dict[str, Component]] = {}
    for name, leg in legs.items():
        for rank, (chunk_id, score) in enumerate(leg.found, 1):
            components.setdefault(chunk_id, {})[name] = Component(rank, score)
    return components
