"""Search by meaning and by words, in PostgreSQL."""

from collections.abc import Sequence
from typing import Final

from adapters.postgres.database import Database
from adapters.postgres.documents import decoded
from adapters.postgres.hybrid_ranking import HybridRanker
from application.ports.knowledge import Search
from domain.ids import ChunkId, CorpusId, DocumentId
from domain.knowledge.match import Match

MATCHES: Final = """
SELECT chunk.id, chunk.corpus_id, chunk.document_id, chunk.chunk_index, chunk.content, chunk.metadata,
       document.title, document.source_type, document.metadata AS about
FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
WHERE chunk.id = ANY($1::uuid[])
"""


class PostgresKnowledgeSearch:
    def __init__(self, database: Database, ranker: HybridRanker) -> None:
        self._database = database
        self._ranker = ranker

    async def search(self, wanted: Search) -> Sequence[Match]:
        ranking = await self._ranker.rank(wanted)
        best = ranking.ranked[: wanted.top_k]
        if not best:
            return []
        rows = await self._database.rows(MATCHES, [chunk_id for chunk_id, _ in best])
        found = {row["id"]: row for row in rows}
        components = ranking.components()
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
                metadata={**decoded(row["about"]), **decoded(row["metadata"])},
                components=components[chunk_id],
            )
            for chunk_id, score in best
            if (row := found.get(chunk_id)) is not None
        ]
