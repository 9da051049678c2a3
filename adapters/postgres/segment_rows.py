"""Segments of the index of terms in rows, and the pages that their postings are on."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.posting_lists import paged

Segment: TypeAlias = tuple[int, int]
"""Its first ordinal, and how many chunks it has."""

SEGMENTS: Final = """
SELECT first_ordinal, chunk_count FROM knowledge_segments WHERE corpus_id = $1 ORDER BY first_ordinal
"""
ADD_PAGES: Final = """
INSERT INTO knowledge_postings (corpus_id, segment, last_term, postings)
SELECT $1::uuid, $2::int, page.last_term, page.postings
FROM unnest($3::int[], $4::bytea[]) AS page (last_term, postings)
"""
TAKE_PAGES: Final = """
WITH gone AS (
    DELETE FROM knowledge_postings WHERE corpus_id = $1::uuid AND segment = ANY($2::int[])
    RETURNING segment, postings
)
SELECT postings FROM gone ORDER BY segment
"""


async def segments_of(connection: AsyncConnection, corpus_id: UUID) -> Sequence[Segment]:
    rows = await connection.exec_driver_sql(SEGMENTS, (corpus_id,))
    return [(row.first_ordinal, row.chunk_count) for row in rows]


async def take_pages(connection: AsyncConnection, corpus_id: UUID, segments: Sequence[int]) -> Sequence[bytes]:
    pages: Sequence[bytes] = (await connection.exec_driver_sql(TAKE_PAGES, (corpus_id, [*segments]))).scalars().all()
    return pages


async def add_pages(connection: AsyncConnection, corpus_id: UUID, segment: int, postings: Any) -> None:
    pages = await asyncio.to_thread(lambda: list(paged(postings)))
    terms, packed = [term for term, _ in pages], [page for _, page in pages]
    await connection.exec_driver_sql(ADD_PAGES, (corpus_id, segment, terms, packed))
