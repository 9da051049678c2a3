"""Search by meaning and by words, in PostgreSQL."""

from collections.abc import Mapping
from typing import Final

import asyncpg

from adapters.postgres.documents import decoded
from adapters.postgres.hybrid_ranking import HybridRanker, HybridRanking
from application.ports.knowledge import Search
from domain.ids import ChunkId, CorpusId, DocumentId
from domain.knowledge.findings import Findings
from domain.knowledge.match import Component, Match

MATCHES: Final = """
SELECT chunk.id, chunk.corpus_id, chunk.document_id, chunk.chunk_index, chunk.content, chunk.metadata,
       document.title, document.source_type, document.metadata AS about
FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
WHERE chunk.id = ANY($1::uuid[])
"""


class PostgresKnowledgeSearch:
    def __init__(self, ranker: HybridRanker) -> None:
        self._ranker = ranker

    async def search(self, wanted: Search) -> Findings:
        async with self._ranker.ranked(wanted) as ranking:
            return await findings_of(ranking, wanted.top_k)


async def findings_of(ranking: HybridRanking, top_k: int) -> Findings:
    best = ranking.ranked[:top_k]
    rows = await ranking.snapshot.rows(MATCHES, [chunk_id for chunk_id, _ in best]) if best else []
    found = {row["id"]: row for row in rows}
    components = ranking.components()
    matches = [_match(found[chunk_id], score, components[chunk_id]) for chunk_id, score in best]
    return Findings(matches=matches, warnings=ranking.warnings)


def _match(row: asyncpg.Record, score: float, components: Mapping[str, Component]) -> Match:
    return Match(
        corpus_id=CorpusId(row["corpus_id"]),
        document_id=DocumentId(row["document_id"]),
        chunk_id=ChunkId(row["id"]),
        chunk_index=row["chunk_index"],
        score=score,
        content=row["content"],
        title=row["title"],
        source_type=row["source_type"],
        metadata={**decoded(row["about"]), **decoded(row["metadata"])},
        components=components,
    )
