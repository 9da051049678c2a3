"""Chunks in PostgreSQL: what they say, where they lie, and what terms they consist of."""

import asyncio
import hashlib
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Final

from adapters.postgres.chunk_statements import CHUNK_COLUMNS, KEEP_STAGED, PUBLISH, REMOVE, STAGE
from adapters.postgres.database import Database
from adapters.postgres.documents import encoded
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.posting_lists import fresh_postings
from adapters.postgres.settling import Settling
from adapters.postgres.texts import storable
from application.ports.chunk_index import ChunkBatch
from application.ports.text_analyzer import TextAnalyzer
from domain.ids import DocumentId
from domain.knowledge.embedding_space import EmbeddingSpace

DIGITS: Final = 5
"""Of each number in a vector: as many as half precision can tell apart."""


class PostgresChunkIndex:
    def __init__(self, database: Database, analyzer: TextAnalyzer, settling: Settling) -> None:
        self._database = database
        self._analyzer = analyzer
        self._settling = settling
        self._spaces = EmbeddingSpaces(database)

    async def stage(self, batch: ChunkBatch) -> bool:
        columns = await self._columns([batch])
        return await self._database.row(STAGE, batch.document_id, batch.epoch, *columns) is not None

    async def keep_staged(
        self, document_id: DocumentId, *, epoch: int, space: EmbeddingSpace, texts: Sequence[str]
    ) -> int:
        number = await self._spaces.number(space)
        digests = await asyncio.to_thread(lambda: [_digest(text) for text in texts])
        row = await self._database.row(KEEP_STAGED, document_id, epoch, number, digests)
        return 0 if row is None else int(row["kept"])

    async def publish(self, batches: Sequence[ChunkBatch]) -> Collection[DocumentId]:
        columns = await self._columns(batches)
        published = await self._database.rows(
            PUBLISH,
            [batch.document_id for batch in batches],
            [batch.epoch for batch in batches],
            [len(batch.chunks) for batch in batches],
            *columns,
        )
        for corpus_id in dict.fromkeys(row["corpus_id"] for row in published):
            await self._settling.settle(corpus_id)
        return frozenset(DocumentId(row["id"]) for row in published)

    async def remove(self, document_ids: Sequence[DocumentId]) -> None:
        await self._database.rows(REMOVE, list(document_ids))

    async def _columns(self, batches: Sequence[ChunkBatch]) -> Sequence[list[object]]:
        """Worked out in a thread of its own, so that nobody else has to wait meanwhile."""
        spaces = [await self._spaces.number(batch.space) for batch in batches]
        each = list(zip(batches, spaces, strict=True))
        return await asyncio.to_thread(
            lambda: _turned([row for batch, space in each for row in self._rows(batch, space)])
        )

    def _rows(self, batch: ChunkBatch, space: int) -> Iterator[tuple[object, ...]]:
        for chunk in batch.chunks:
            analysis = self._analyzer.document(chunk.text)
            terms = [*self._analyzer.title(batch.title, analysis.language), *analysis.terms]
            yield (
                batch.document_id,
                chunk.index,
                chunk.id,
                storable(chunk.text),
                chunk.token_count,
                encoded(chunk.metadata),
                space,
                vector_text(chunk.vector),
                len(terms),
                analysis.language,
                fresh_postings(terms),
            )


def _turned(rows: Sequence[tuple[object, ...]]) -> Sequence[list[object]]:
    return [[row[at] for row in rows] for at in range(len(CHUNK_COLUMNS))]


def _digest(text: str) -> bytes:
    return hashlib.sha256((storable(text) or "").encode()).digest()


def vector_text(vector: Sequence[float]) -> str:
    """As pgvector reads it."""
    return _vector_format(len(vector)) % tuple(vector)


@lru_cache(maxsize=16)
def _vector_format(dimensions: int) -> str:
    """Filled at once, which is quicker than number by number."""
    return f"[{','.join([f'%.{DIGITS}g'] * dimensions)}]"
