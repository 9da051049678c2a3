"""Numbers the chunks of a corpus anew when most that have a number are gone, and leaves out the postings of these.

The new numbers follow the old ones: what was read under an old number leads nowhere, and never to another chunk.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.posting_lists import renumbered
from adapters.postgres.segment_rows import Segment, add_pages, segments_of, take_pages

NUMBERED: Final = """
SELECT (SELECT coalesce(sum(chunk_count), 0) FROM knowledge_segments WHERE corpus_id = $1)::int AS given,
       (SELECT count(*) FROM knowledge_ordinals WHERE corpus_id = $1)::int AS kept
"""
ORDINALS: Final = "SELECT ordinal FROM knowledge_ordinals WHERE corpus_id = $1 ORDER BY ordinal FOR UPDATE"
MOVE_SEGMENT: Final = """
UPDATE knowledge_segments SET first_ordinal = $3::int, chunk_count = $4::int, total_length = $5::bigint
WHERE corpus_id = $1 AND first_ordinal = $2::int
"""
DROP_SEGMENT: Final = "DELETE FROM knowledge_segments WHERE corpus_id = $1 AND first_ordinal = $2::int"
MOVE_ORDINALS: Final = """
UPDATE knowledge_ordinals AS place SET ordinal = $3::int + kept.place - 1
FROM unnest($2::int[]) WITH ORDINALITY AS kept (ordinal, place)
WHERE place.corpus_id = $1 AND place.ordinal = kept.ordinal
"""
COUNT_DOWN: Final = """
UPDATE knowledge_graphs AS graph SET settled = greatest(0, settled - $2::int) FROM knowledge_corpora AS corpus
WHERE corpus.id = $1 AND (graph.corpus_id = corpus.id OR (graph.corpus_id IS NULL AND graph.user_id = corpus.user_id))
"""
"""Graphs of neighbours note how many chunks there were by this count, too."""


async def renumber_if_worn(connection: AsyncConnection, corpus_id: UUID) -> None:
    """As soon as there are more gone than kept. Nobody else may be at the segments of the corpus."""
    numbered = (await connection.exec_driver_sql(NUMBERED, (corpus_id,))).one()
    if numbered.given <= 2 * numbered.kept:
        return
    ordinals = np.array((await connection.exec_driver_sql(ORDINALS, (corpus_id,))).scalars().all(), np.int64)
    segments = await segments_of(connection, corpus_id)
    first = number = segments[-1][0] + segments[-1][1]
    for segment in segments:
        theirs = ordinals[(ordinals >= segment[0]) & (ordinals < sum(segment))]
        await _move(connection, corpus_id, segment, theirs, number)
        number += len(theirs)
    await connection.exec_driver_sql(MOVE_ORDINALS, (corpus_id, ordinals.tolist(), first))
    await connection.exec_driver_sql(COUNT_DOWN, (corpus_id, numbered.given - len(ordinals)))


async def _move(connection: AsyncConnection, corpus_id: UUID, segment: Segment, ordinals: Any, number: int) -> None:
    """What is kept of a segment gets the numbers from `number` on."""
    pages = await take_pages(connection, corpus_id, [segment[0]])
    if not len(ordinals):
        await connection.exec_driver_sql(DROP_SEGMENT, (corpus_id, segment[0]))
        return
    postings, total_length = await asyncio.to_thread(renumbered, pages, ordinals, number)
    values = (corpus_id, segment[0], number, len(ordinals), total_length)
    await connection.exec_driver_sql(MOVE_SEGMENT, values)
    await add_pages(connection, corpus_id, number, postings)
