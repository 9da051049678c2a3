"""Nearest neighbours by cosine: small scopes are read through, large ones asked of graphs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from adapters.postgres.chunk_index import vector_text
from adapters.postgres.database import Rows
from adapters.postgres.dense_statements import of_fulfilling, through, through_fulfilling
from adapters.postgres.dense_ways import Attempt, attempts, settled
from adapters.postgres.legs import DEPTH
from adapters.postgres.neighbour_graphs import graphs_of
from adapters.postgres.search_scope import ScopedCorpus, SearchScope

READ_THROUGH: Final = 12_000
"""Up to how many chunks reading all of them is quick."""

Distances: TypeAlias = dict[UUID, float]


@dataclass(frozen=True, slots=True)
class _Query:
    space: int
    vector: Sequence[float]
    json_path: str | None


class DenseLeg:
    def __init__(self, database: Rows, *, read_through: int = READ_THROUGH) -> None:
        self._database = database
        self._read_through = read_through

    async def find(
        self, scope: SearchScope, space: int | None, vector: Sequence[float], json_path: str | None
    ) -> Sequence[tuple[UUID, float]]:
        """Chunks with the cosine of their vector and this one, best first."""
        corpora = scope.in_space(space)
        if space is None or not corpora or not any(vector):
            return []
        found = await self._nearest(scope, corpora, _Query(space, vector, json_path))
        cosines = [(chunk_id, 1.0 - distance) for chunk_id, distance in found.items()]
        return sorted(cosines, key=lambda each: (-each[1], each[0]))[:DEPTH]

    async def _nearest(self, scope: SearchScope, corpora: Sequence[ScopedCorpus], query: _Query) -> Distances:
        chunks = settled(corpora)
        is_large = chunks > self._read_through
        graphs = await graphs_of(self._database, scope.owner_id, query.space) if is_large else []
        found: Distances = {}
        for attempt in attempts(corpora, graphs, self._read_through):
            found = await self._through(attempt, query)
            if query.json_path is not None and len(found) < DEPTH:
                return await self._fulfilling(corpora, query)
            if attempt.is_enough([*found.values()], chunks=chunks, dimensions=len(query.vector)):
                break
        return found

    async def _through(self, attempt: Attempt, query: _Query) -> Distances:
        ids, after = zip(*attempt.ways.read, strict=True)
        values: list[object] = [vector_text(query.vector), ids, after]
        if query.json_path is None:
            statement = through(attempt.ways, query.space, len(query.vector), attempt.depth)
        else:
            statement = through_fulfilling(attempt.ways, query.space, len(query.vector))
            values.append(query.json_path)
        if attempt.settings:
            rows = await self._database.rows_under(attempt.settings, statement, *values)
        else:
            rows = await self._database.rows(statement, *values)
        return {row["chunk_id"]: row["distance"] for row in rows}

    async def _fulfilling(self, corpora: Sequence[ScopedCorpus], query: _Query) -> Distances:
        statement = of_fulfilling(query.space, len(query.vector))
        ids = [corpus.id for corpus in corpora]
        rows = await self._database.rows(statement, vector_text(query.vector), ids, query.json_path)
        return {row["chunk_id"]: row["distance"] for row in rows}
