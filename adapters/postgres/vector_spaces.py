"""Vectors of several spaces beside each other, in rows."""

from collections.abc import Sequence
from typing import Final

from adapters.postgres.chunk_index import vector_text
from adapters.postgres.database import Database
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.graph_upkeep import GraphUpkeep
from domain.ids import ChunkId, CorpusId
from domain.knowledge.embedding_space import EmbeddingSpace

FORGOTTEN_AT_ONCE: Final = 1000

_MISSING: Final = """
FROM knowledge_documents AS document JOIN knowledge_chunks AS chunk ON chunk.document_id = document.id
WHERE document.corpus_id = $1
  AND NOT EXISTS (SELECT FROM knowledge_vectors AS v WHERE v.chunk_id = chunk.id AND v.space_id = $2)
"""
SIZE: Final = """
SELECT count(*) AS chunks FROM knowledge_documents AS document
JOIN knowledge_chunks AS chunk ON chunk.document_id = document.id WHERE document.corpus_id = $1
"""
MISSING: Final = f"SELECT chunk.id, chunk.content {_MISSING} LIMIT $3"
ADD: Final = """
INSERT INTO knowledge_vectors (chunk_id, space_id, user_id, corpus_id, embedding)
SELECT chunk.id, $1, document.user_id, chunk.corpus_id, given.embedding::halfvec
FROM unnest($2::uuid[], $3::text[]) AS given (id, embedding) JOIN knowledge_chunks AS chunk ON chunk.id = given.id
JOIN knowledge_documents AS document ON document.id = chunk.document_id
ON CONFLICT DO NOTHING
RETURNING 1
"""
HOLD: Final = "SELECT FROM knowledge_corpora WHERE id = $1 FOR UPDATE"
"""Whoever publishes into the corpus is done before, or comes after and sees where it belongs by then."""
SWITCH: Final = f"""
UPDATE knowledge_corpora SET space_id = $2, updated_at = now()
WHERE id = $1 AND NOT EXISTS (SELECT {_MISSING})
RETURNING 1
"""
FORGET_OTHERS: Final = f"""
WITH searched AS (SELECT id FROM knowledge_corpora WHERE id = $1 AND space_id = $2 FOR SHARE)
DELETE FROM knowledge_vectors WHERE (chunk_id, space_id) IN (
    SELECT chunk_id, space_id FROM knowledge_vectors JOIN searched ON searched.id = corpus_id
    WHERE space_id <> $2 LIMIT {FORGOTTEN_AT_ONCE}
)
RETURNING 1
"""
"""Nobody switches while some are forgotten; whoever waited for that makes them again after the switch."""


class PostgresVectorSpaces:
    def __init__(self, database: Database, graphs: GraphUpkeep) -> None:
        self._database = database
        self._graphs = graphs
        self._spaces = EmbeddingSpaces(database)

    async def size(self, corpus_id: CorpusId) -> int:
        row = await self._database.row(SIZE, corpus_id)
        return 0 if row is None else int(row["chunks"])

    async def missing(self, corpus_id: CorpusId, space: EmbeddingSpace, *, limit: int) -> Sequence[tuple[ChunkId, str]]:
        rows = await self._database.rows(MISSING, corpus_id, await self._spaces.number(space), limit)
        return [(ChunkId(row["id"]), row["content"]) for row in rows]

    async def add(self, space: EmbeddingSpace, vectors: Sequence[tuple[ChunkId, Sequence[float]]]) -> None:
        ids, texts = [chunk_id for chunk_id, _ in vectors], [vector_text(vector) for _, vector in vectors]
        await self._database.rows(ADD, await self._spaces.number(space), ids, texts)

    async def switch(self, corpus_id: CorpusId, space: EmbeddingSpace) -> bool:
        """Large corpora have their graph of neighbours first."""
        number = await self._spaces.number(space)
        await self._graphs.prepare(corpus_id, number)
        async with self._database.transaction() as connection:
            await connection.exec_driver_sql(HOLD, (corpus_id,))
            switched = (await connection.exec_driver_sql(SWITCH, (corpus_id, number))).all()
            await connection.commit()
        return bool(switched)

    async def forget_others(self, corpus_id: CorpusId, space: EmbeddingSpace) -> None:
        number = await self._spaces.number(space)
        while await self._database.rows(FORGET_OTHERS, corpus_id, number):
            pass
