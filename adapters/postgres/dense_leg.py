"""Nearest neighbours by cosine: small scopes are read through, large ones asked of graphs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from adapters.postgres.chunk_index import vector_text
from adapters.postgres.database import Database
from adapters.postgres.legs import DEPTH
from adapters.postgres.neighbour_graphs import BEFORE_ALL, NeighbourGraph, distance_to_query, graphs_of
from adapters.postgres.search_scope import ScopedCorpus, SearchScope

READ_THROUGH: Final = 12_000
"""Up to how many chunks reading all of them is quick."""
MOST_GRAPHS_OF_CORPORA: Final = 4
"""One graph of everything that an owner has is quicker than more of these."""

_FULFILS: Final = """
  AND ($4::jsonpath IS NULL OR EXISTS (
      SELECT FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
      WHERE chunk.id = vectors.chunk_id AND document.attributes @@ $4))"""


@dataclass(frozen=True, slots=True)
class Ways:
    """How to look at a scope once: in these graphs, and by reading what each corpus has after a certain chunk."""

    graphs: Sequence[NeighbourGraph]
    read: Sequence[tuple[UUID, UUID]]


def ways_through(corpora: Sequence[ScopedCorpus], graphs: Sequence[NeighbourGraph], read_through: int) -> Ways:
    if _settled(corpora) <= read_through:
        return Ways([], [(corpus.id, BEFORE_ALL) for corpus in corpora])
    covered = {graph.of.corpus_id: graph.upto for graph in graphs}
    asked = [graph for graph in graphs if graph.of.corpus_id in {corpus.id for corpus in corpora}]
    rest = [corpus for corpus in corpora if corpus.id not in covered]
    if len(asked) <= MOST_GRAPHS_OF_CORPORA and _settled(rest) <= read_through:
        return Ways(asked, [(corpus.id, covered.get(corpus.id, BEFORE_ALL)) for corpus in corpora])
    after = covered.get(None, BEFORE_ALL)
    return Ways([graph for graph in graphs if graph.of.corpus_id is None], [(corpus.id, after) for corpus in corpora])


def read_through(space: int, dimensions: int) -> str:
    """Exact: the distance that it sorts by is no expression that a graph is an index on."""
    return f"""
    (SELECT near.chunk_id, near.distance
     FROM unnest($2::uuid[], $3::uuid[]) AS part (corpus_id, after) CROSS JOIN LATERAL (
         SELECT chunk_id, {distance_to_query(dimensions)} AS distance FROM knowledge_vectors AS vectors
         WHERE corpus_id = part.corpus_id AND space_id = {space} AND chunk_id > part.after{_FULFILS}
         OFFSET 0
     ) AS near
     ORDER BY 0.0 + near.distance LIMIT {DEPTH})
    """


def through_graph(graph: NeighbourGraph, dimensions: int) -> str:
    """The scope is written so that no other index offers itself."""
    return f"""
    (SELECT chunk_id, {distance_to_query(dimensions)} AS distance FROM knowledge_vectors AS vectors
     WHERE {graph.condition} AND (corpus_id = ANY($2::uuid[])) IS TRUE{_FULFILS}
     ORDER BY {distance_to_query(dimensions)} LIMIT {DEPTH})
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
        is_large = _settled(corpora) > self._read_through
        graphs = await graphs_of(self._database, scope.owner_id, space) if is_large else []
        ways = ways_through(corpora, graphs, self._read_through)
        statements = [read_through(space, len(vector)), *(through_graph(each, len(vector)) for each in ways.graphs)]
        ids, after = zip(*ways.read, strict=True)
        rows = await self._database.rows(" UNION ALL ".join(statements), vector_text(vector), ids, after, json_path)
        found = {row["chunk_id"]: 1.0 - row["distance"] for row in rows}
        return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:DEPTH]


def _settled(corpora: Sequence[ScopedCorpus]) -> int:
    return sum(corpus.settled for corpus in corpora)
