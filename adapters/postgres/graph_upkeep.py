"""Gives large holdings their graphs of neighbours, and takes graphs away that nobody needs any more.

Nobody who writes waits for it: what came after the last graph is read through meanwhile. As log-structured indexes do,
a new graph takes in those before it that are not much larger. Nothing here changes what there is to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from adapters.postgres.database import Connection, Database
from adapters.postgres.dense_leg import READ_THROUGH
from adapters.postgres.failures import translated_failures
from adapters.postgres.neighbour_graphs import (
    BEFORE_ALL,
    MOST_DIMENSIONS,
    NAME,
    GraphOf,
    NeighbourGraph,
    graph_from,
)

GROWN_BY: Final = 6_000
MEMORY: Final = 512
"""Megabytes that one graph is built in; beyond them it would take many times as long."""
BYTES_OF_A_NODE: Final = 1200
"""Beside its vector."""
NEIGHBOURS: Final = 24
"""With 16, one in forty chunks of a dense cluster is nobody's neighbour and cannot be met."""
CANDIDATES: Final = 64
NOT_MUCH_LARGER: Final = 2

SETTINGS: Final = {
    "maintenance_work_mem": f"{MEMORY}MB",
    # Several processes would share memory that containers have little of (/dev/shm).
    "max_parallel_maintenance_workers": "0",
    "lock_timeout": "60s",
}

LOCK: Final = "SELECT pg_try_advisory_lock(7239414)"
"""Held until the session ends, whatever ends it."""
GRAPHS: Final = """
SELECT id, corpus_id, after, upto, chunks FROM knowledge_graphs
WHERE user_id = $1 AND space_id = $2 AND corpus_id IS NOT DISTINCT FROM $3 ORDER BY upto
"""
PRUNE: Final = """
DELETE FROM knowledge_graphs AS graph WHERE NOT EXISTS (
    SELECT FROM knowledge_corpora AS corpus WHERE corpus.user_id = graph.user_id AND corpus.space_id = graph.space_id
      AND (graph.corpus_id IS NULL OR corpus.id = graph.corpus_id)
)
"""
ABANDONED: Final = """
SELECT index.relname AS name FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
WHERE indrelid = 'knowledge_vectors'::regclass AND starts_with(index.relname, $1::text)
  AND NOT EXISTS (SELECT FROM knowledge_graphs AS graph WHERE $1::text || graph.id = index.relname)
"""
WANTED: Final = """
WITH holdings AS (
    SELECT corpus.user_id, corpus.space_id, corpus.id AS corpus_id, sum(segment.chunk_count) AS chunks,
           EXISTS (SELECT FROM knowledge_documents AS document
                   WHERE document.corpus_id = corpus.id AND document.status IN ('pending', 'processing')) AS is_growing
    FROM knowledge_corpora AS corpus JOIN knowledge_segments AS segment ON segment.corpus_id = corpus.id
    WHERE corpus.space_id IS NOT NULL GROUP BY corpus.id
), owners AS (
    SELECT user_id, space_id, NULL::uuid AS corpus_id, sum(chunks) AS chunks, bool_or(is_growing) AS is_growing
    FROM holdings GROUP BY user_id, space_id
), large AS (
    SELECT * FROM owners WHERE chunks > $1::int
    UNION ALL
    SELECT holdings.* FROM holdings JOIN owners USING (user_id, space_id)
    WHERE holdings.chunks > $1::int AND 2 * holdings.chunks < owners.chunks
)
SELECT large.user_id, large.space_id, large.corpus_id, large.chunks::int AS settled, space.dimensions, noted
FROM large JOIN knowledge_spaces AS space ON space.id = large.space_id CROSS JOIN LATERAL (
    SELECT coalesce(max(graph.settled), 0) AS noted FROM knowledge_graphs AS graph
    WHERE graph.user_id = large.user_id AND graph.space_id = large.space_id
      AND graph.corpus_id IS NOT DISTINCT FROM large.corpus_id
) AS before
WHERE space.dimensions <= $3::int AND large.chunks - noted >= $2::int * (CASE WHEN is_growing THEN 5 ELSE 1 END)
ORDER BY large.chunks LIMIT 50
"""
"""A corpus that is most of what its owner has is found well enough in the owner's graph."""
PREPARED: Final = """
SELECT own.user_id, space.id AS space_id, NULL::uuid AS corpus_id, space.dimensions, 0 AS noted,
       (SELECT coalesce(sum(chunk_count), 0) FROM knowledge_segments AS segment
        JOIN knowledge_corpora AS corpus ON corpus.id = segment.corpus_id
        WHERE corpus.user_id = own.user_id AND (corpus.space_id = space.id OR corpus.id = own.id))::int AS settled
FROM knowledge_corpora AS own CROSS JOIN knowledge_spaces AS space
WHERE own.id = $1 AND space.id = $2 AND space.dimensions <= $3
"""
UNCOVERED: Final = """
SELECT chunk_id AS upto, place AS chunks FROM (
    SELECT chunk_id, row_number() OVER (ORDER BY chunk_id) AS place FROM knowledge_vectors
    WHERE corpus_id IN (SELECT id FROM knowledge_corpora WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2))
      AND space_id = $3 AND chunk_id > $4
    ORDER BY chunk_id LIMIT $5
) AS uncovered
ORDER BY place DESC LIMIT 1
"""
NUMBER: Final = "SELECT nextval('knowledge_graphs_id_seq')"
REPLACE: Final = """
WITH gone AS (DELETE FROM knowledge_graphs WHERE id = ANY($1::int[]))
INSERT INTO knowledge_graphs (id, user_id, space_id, corpus_id, after, upto, chunks, settled)
SELECT $2, id, $4, $5, $6, $7, $8, $9 FROM users WHERE id = $3
  AND ($5::uuid IS NULL OR EXISTS (SELECT FROM knowledge_corpora WHERE id = $5))
"""
NOTE: Final = "UPDATE knowledge_graphs SET settled = $2 WHERE id = ANY($1::int[])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`settled` is how many chunks there are, by the count that searches go by too, and `noted` how many of these
    were there when the last graph was built."""

    of: GraphOf
    dimensions: int
    settled: int
    noted: int

    @property
    def largest(self) -> int:
        return (MEMORY << 20) // (2 * self.dimensions + BYTES_OF_A_NODE)


class GraphUpkeep:
    """Holdings of `more_than` so many chunks get a graph, and another one for each `grown_by` that come to them; while
    documents are on their way, for five times as many."""

    def __init__(self, database: Database, *, more_than: int = READ_THROUGH, grown_by: int = GROWN_BY) -> None:
        self._database = database
        self._more_than = more_than
        self._grown_by = grown_by

    async def grow(self) -> int:
        """Do what is due; returns how many graphs were built. Does nothing while another process is at it."""
        with translated_failures():
            async with self._database.session(SETTINGS) as connection:
                if not await connection.fetchval(LOCK):
                    return 0
                await _drop_abandoned(connection)
                rows = await connection.fetch(WANTED, self._more_than, self._grown_by, MOST_DIMENSIONS)
                return sum([await _built(connection, _wanted(row)) for row in rows])

    async def prepare(self, corpus_id: UUID, space: int) -> None:
        """Before a corpus is searched in another space, have the owner's graph there, if it takes one."""
        with translated_failures():
            async with self._database.session(SETTINGS) as connection:
                row = await connection.fetchrow(PREPARED, corpus_id, space, MOST_DIMENSIONS)
                if row is None or row["settled"] <= self._more_than:
                    return
                if await connection.fetchval(LOCK):
                    await _built(connection, _wanted(row))


async def _drop_abandoned(connection: Connection) -> None:
    """What was half built when a process died, what was replaced by the last call, what belonged to who is gone."""
    await connection.execute(PRUNE)
    for row in await connection.fetch(ABANDONED, NAME):
        await connection.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{row["name"]}"')


async def _built(connection: Connection, wanted: Wanted) -> bool:
    """Cover what is not covered yet, as far as one graph may reach. Whoever searches meanwhile sees the old graphs,
    then the new one, which the next call drops the old ones for."""
    of = wanted.of
    graphs = [graph_from(row, of) for row in await connection.fetch(GRAPHS, of.owner_id, of.space, of.corpus_id)]
    covered = graphs[-1].upto if graphs else BEFORE_ALL
    rest = await connection.fetchrow(UNCOVERED, of.owner_id, of.corpus_id, of.space, covered, wanted.largest)
    if rest is None:
        await connection.execute(NOTE, [each.id for each in graphs[-1:]], wanted.settled)
        return False
    taken = taken_in(graphs, rest["chunks"], wanted.largest)
    graph = NeighbourGraph(
        id=await connection.fetchval(NUMBER),
        of=of,
        after=taken[0].after if taken else covered,
        upto=rest["upto"],
        chunks=rest["chunks"] + sum(each.chunks for each in taken),
    )
    await connection.execute(creation(graph, wanted.dimensions))
    is_all = rest["chunks"] < wanted.largest
    await connection.execute(
        REPLACE,
        [each.id for each in taken],
        graph.id,
        of.owner_id,
        of.space,
        of.corpus_id,
        graph.after,
        graph.upto,
        graph.chunks,
        wanted.settled if is_all else wanted.noted + rest["chunks"],
    )
    return True


def taken_in(graphs: Sequence[NeighbourGraph], chunks: int, largest: int) -> Sequence[NeighbourGraph]:
    """The last graphs, from the first one on that is not much larger than all that comes after it."""
    first = len(graphs)
    for at in reversed(range(len(graphs))):
        if graphs[at].chunks > NOT_MUCH_LARGER * chunks or graphs[at].chunks + chunks > largest:
            break
        chunks += graphs[at].chunks
        first = at
    return graphs[first:]


def creation(graph: NeighbourGraph, dimensions: int) -> str:
    return f"""
    CREATE INDEX CONCURRENTLY {graph.name} ON knowledge_vectors
    USING hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops)
    WITH (m = {NEIGHBOURS}, ef_construction = {CANDIDATES}) WHERE {graph.condition}
    """


def _wanted(row: asyncpg.Record) -> Wanted:
    of = GraphOf(owner_id=row["user_id"], space=row["space_id"], corpus_id=row["corpus_id"])
    return Wanted(of=of, dimensions=row["dimensions"], settled=row["settled"], noted=row["noted"])
