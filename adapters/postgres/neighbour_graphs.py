"""Graphs of neighbours (pgvector's HNSW): one for each stretch of what an owner or a large corpus has in a space.

A graph is a partial index, found again by the very condition that it was made with: PostgreSQL proves at planning that
a statement stays within an index, and parameters prove nothing. So all values stand in the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from adapters.postgres.database import Rows
from domain.ids import UserId

BEFORE_ALL: Final = UUID(int=0)
MOST_DIMENSIONS: Final = 4000

NAME: Final = "ix_knowledge_vectors_graph_"
GRAPHS: Final = """
SELECT id, corpus_id, after, upto, chunks FROM knowledge_graphs WHERE user_id = $1 AND space_id = $2 ORDER BY upto
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphOf:
    """Whose chunks are in a graph, and in which space; `corpus_id` None for all that the owner has there."""

    owner_id: UUID
    space: int
    corpus_id: UUID | None

    @property
    def condition(self) -> str:
        corpus = "" if self.corpus_id is None else f" AND (corpus_id = '{self.corpus_id}') IS TRUE"
        return f"user_id = '{self.owner_id}'{corpus} AND space_id = {self.space}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourGraph:
    """The chunks of `of` whose ids are greater than `after` and not greater than `upto`, `chunks` when it was built."""

    id: int
    of: GraphOf
    after: UUID
    upto: UUID
    chunks: int

    @property
    def name(self) -> str:
        return f"{NAME}{self.id}"

    @property
    def condition(self) -> str:
        """Written so that no index but the graph's own offers itself."""
        stretch = f"chunk_id > '{self.after}' AND chunk_id <= '{self.upto}'"
        return f"{self.of.condition} AND ({stretch}) IS TRUE"


async def graphs_of(database: Rows, owner_id: UserId, space: int) -> Sequence[NeighbourGraph]:
    """Those of all that the owner has and those of single corpora, each in the order of the chunks' ids."""
    rows = await database.rows(GRAPHS, owner_id, space)
    return [graph_from(row, GraphOf(owner_id=owner_id, space=space, corpus_id=row["corpus_id"])) for row in rows]


def graph_from(row: asyncpg.Record, of: GraphOf) -> NeighbourGraph:
    return NeighbourGraph(id=row["id"], of=of, after=row["after"], upto=row["upto"], chunks=row["chunks"])


def distance_to_query(dimensions: int) -> str:
    """The expression that the graphs of a space are indexes on, with the query as first parameter."""
    return f"embedding::halfvec({dimensions}) <=> $1::halfvec({dimensions})"
