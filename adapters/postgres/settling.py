"""Keeps the index of terms quick: fresh terms become segments, segments grow together.

Nothing here changes what is found. Whoever publishes does a little of it; at most one at a time for each corpus.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.database import Database
from adapters.postgres.posting_lists import inverted, joined
from adapters.postgres.renumbering import renumber_if_worn
from adapters.postgres.segment_rows import Segment, add_pages, segments_of, take_pages
from domain.errors import Unavailable

Joinable: TypeAlias = Callable[[Sequence[Segment], int], list[int]]

SEGMENT_FROM: Final = 128
SEGMENT_UP_TO: Final = 4096
JOINED_AT_ONCE: Final = 8
LARGE: Final = 8192
"""Segments of so many chunks are joined no further: it would gain little, and take a lot of memory for a moment."""

DUE: Final = "SELECT count(*) AS fresh FROM knowledge_fresh_terms WHERE corpus_id = $1"
LOCK: Final = """
SELECT pg_try_advisory_xact_lock(7239412, hashtext(id::text)) FROM knowledge_corpora WHERE id = $1 FOR KEY SHARE
"""
"""Whoever removes the corpus begins with it, too."""
FRESH_TERMS: Final = f"""
SELECT chunk_id, length, language, postings
FROM knowledge_fresh_terms AS terms JOIN knowledge_chunks AS chunk ON chunk.id = terms.chunk_id
WHERE terms.corpus_id = $1 ORDER BY chunk.id LIMIT {SEGMENT_UP_TO} FOR KEY SHARE OF chunk
"""
ADD_SEGMENT: Final = """
WITH segment AS (
    INSERT INTO knowledge_segments (corpus_id, first_ordinal, chunk_count, total_length, languages)
    VALUES ($1::uuid, $2::int, cardinality($3::uuid[]), $4, $5::text[])
), ordinals AS (
    INSERT INTO knowledge_ordinals (corpus_id, ordinal, chunk_id)
    SELECT $1::uuid, $2::int + place - 1, chunk_id FROM unnest($3::uuid[]) WITH ORDINALITY AS chunk (chunk_id, place)
)
DELETE FROM knowledge_fresh_terms WHERE chunk_id = ANY($3::uuid[])
"""
JOIN_SEGMENTS: Final = """
WITH gone AS (
    DELETE FROM knowledge_segments
    WHERE corpus_id = $1::uuid AND first_ordinal = ANY($2::int[]) AND first_ordinal <> $3::int
    RETURNING chunk_count, total_length, languages
)
UPDATE knowledge_segments AS whole SET
    chunk_count = whole.chunk_count + (SELECT sum(chunk_count) FROM gone),
    total_length = whole.total_length + (SELECT sum(total_length) FROM gone),
    languages = (SELECT array_agg(DISTINCT language)
                 FROM (SELECT unnest(whole.languages) UNION SELECT unnest(languages) FROM gone) AS all_of (language))
WHERE corpus_id = $1::uuid AND first_ordinal = $3::int
"""
UNTIDY: Final = """
WITH gathered AS (
    SELECT corpus_id FROM knowledge_fresh_terms GROUP BY corpus_id HAVING count(*) >= $1::int
    UNION
    SELECT corpus_id FROM knowledge_segments WHERE chunk_count < $3::int GROUP BY corpus_id
    HAVING count(*) > $2::int OR (count(*) > 1 AND max(chunk_count) <= $2 * (sum(chunk_count) - max(chunk_count)))
)
SELECT corpus_id FROM gathered WHERE NOT EXISTS (
    SELECT FROM knowledge_documents AS document
    WHERE document.corpus_id = gathered.corpus_id AND document.status IN ('pending', 'processing')
)
LIMIT 50
"""
"""Corpora that nothing is on its way to, and that searches would be quicker in if they were in fewer parts."""


class Settling:
    """A corpus gets a segment for `segment_from` fresh chunks."""

    def __init__(self, database: Database, *, segment_from: int = SEGMENT_FROM) -> None:
        self._database = database
        self._segment_from = segment_from

    async def settle(self, corpus_id: UUID) -> None:
        """Do what is due for a corpus. What cannot be done now is due again at the next call."""
        due = await self._database.row(DUE, corpus_id)
        if due is None or due["fresh"] < self._segment_from:
            return
        with suppress(Unavailable):
            await self._settled(corpus_id, self._segment_from, _of_one_size)

    async def tidy(self) -> int:
        """Put what has come to rest into few large parts. Returns for how many corpora it did."""
        enough = max(1, self._segment_from // JOINED_AT_ONCE)
        untidy = await self._database.rows(UNTIDY, enough, JOINED_AT_ONCE, LARGE)
        for row in untidy:
            await self._settled(row["corpus_id"], enough, _not_much_smaller)
        return len(untidy)

    async def _settled(self, corpus_id: UUID, segment_from: int, joinable: Joinable) -> None:
        async with self._database.transaction() as connection:
            if await _told(connection, LOCK, corpus_id):
                await self._segment(connection, corpus_id, segment_from)
                if await self._joined(connection, corpus_id, joinable):
                    await renumber_if_worn(connection, corpus_id)
                await connection.commit()

    async def _segment(self, connection: AsyncConnection, corpus_id: UUID, segment_from: int) -> None:
        fresh = (await connection.exec_driver_sql(FRESH_TERMS, (corpus_id,))).all()
        if len(fresh) < segment_from:
            return
        segments = await segments_of(connection, corpus_id)
        first = segments[-1][0] + segments[-1][1] if segments else 0
        postings = inverted([row.postings for row in fresh], [row.length for row in fresh], first)
        values = (
            corpus_id,
            first,
            [row.chunk_id for row in fresh],
            sum(row.length for row in fresh),
            sorted({row.language for row in fresh}),
        )
        await connection.exec_driver_sql(ADD_SEGMENT, values)
        await add_pages(connection, corpus_id, first, postings)

    async def _joined(self, connection: AsyncConnection, corpus_id: UUID, joinable: Joinable) -> bool:
        """Whether there were any to join."""
        is_any = False
        while tail := joinable(_small(await segments_of(connection, corpus_id)), self._segment_from * JOINED_AT_ONCE):
            pages = await take_pages(connection, corpus_id, tail)
            await add_pages(connection, corpus_id, tail[0], await asyncio.to_thread(joined, pages))
            await connection.exec_driver_sql(JOIN_SEGMENTS, (corpus_id, tail, tail[0]))
            is_any = True
        return is_any


def _small(segments: Sequence[Segment]) -> Sequence[Segment]:
    """Those after the last large one."""
    large = [at for at, (_, chunks) in enumerate(segments, 1) if chunks >= LARGE]
    return segments[large[-1] if large else 0 :]


def _of_one_size(segments: Sequence[Segment], size: int) -> list[int]:
    """The last segments, when enough of them are smaller than `size`, or than a power of it."""
    while True:
        tail = []
        for first, chunks in reversed(segments):
            if chunks >= size:
                break
            tail.append(first)
        if len(tail) >= JOINED_AT_ONCE:
            return tail[::-1]
        if len(tail) == len(segments):
            return []
        size *= JOINED_AT_ONCE


def _not_much_smaller(segments: Sequence[Segment], _: int) -> list[int]:
    """The last segments from the first one on that is not much larger than all that follow it."""
    for at, (_, chunks) in enumerate(segments[:-1]):
        if chunks <= JOINED_AT_ONCE * sum(count for _, count in segments[at + 1 :]):
            return [first for first, _ in segments[at:]]
    return []


async def _told(connection: AsyncConnection, statement: str, *values: Any) -> Any:
    return (await connection.exec_driver_sql(statement, values)).scalar()
