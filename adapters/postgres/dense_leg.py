"""Nearest neighbours by cosine: small scopes are read through, large ones asked of the graph."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from adapters.postgres.chunk_index import vector_text
from adapters.postgres.database import Database
from adapters.postgres.legs import DEPTH
from adapters.postgres.search_scope import SearchScope

READ_THROUGH: Final = 12_000
"""Up to how many chunks reading all of them is quick."""

_FULFILS: Final = """
  AND ($3::jsonpath IS NULL OR EXISTS (
      SELECT FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
      WHERE chunk.id = vectors.chunk_id AND document.attributes @@ $3))"""


def read_through(space: int, dimensions: int, *, only_outside_graph: bool) -> str:
    """Exact: the distance is no expression that the graph is an index on."""
    outside = " AND NOT is_in_graph" if only_outside_graph else ""
    return f"""
    SELECT chunk_id, embedding::halfvec({dimensions}) <=> $1::halfvec({dimensions}) AS distance
    FROM knowledge_vectors AS vectors
    WHERE corpus_id = ANY($2::uuid[]) AND space_id = {space}{outside}{_FULFILS}
    ORDER BY 0.0 + (embedding::halfvec({dimensions}) <=> $1::halfvec({dimensions})) LIMIT {DEPTH}
    """


def through_graph(space: int, dimensions: int) -> str:
    """The scope is written so that no other index offers itself."""
    return f"""
    SELECT chunk_id, embedding::halfvec({dimensions}) <=> $1::halfvec({dimensions}) AS distance
    FROM knowledge_vectors AS vectors
    WHERE (corpus_id = ANY($2::uuid[])) IS TRUE AND space_id = {space} AND is_in_graph{_FULFILS}
    ORDER BY embedding::halfvec({dimensions}) <=> $1::halfvec({dimensions}) LIMIT {DEPTH}
    """


class DenseLeg:
    def __init__(self, database: Database, *, read_through: int = READ_THROUGH) -> None:
        self._database = database
        self._read_through = read_through

    async def find(
        self, scope: SearchScope, space: int | None, vector: Sequence[float], json_path: str | None
    ) -> Sequence[tuple[UUID, float]]:
        """Chunks with the cosine of their vector and this one, best first."""
        corpora = scope.in_space(space)
        if space is None or not corpora or not any(vector):
            return []
        is_small = scope.settled <= self._read_through
        statements = [read_through(space, len(vector), only_outside_graph=not is_small)]
        if not is_small:
            statements.append(through_graph(space, len(vector)))
        values = (vector_text(vector), corpora, json_path)
        answers = await asyncio.gather(*(self._database.rows(each, *values) for each in statements))
        found = {row["chunk_id"]: 1.0 - row["distance"] for rows in answers for row in rows}
        return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:DEPTH]
