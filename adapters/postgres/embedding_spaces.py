"""The spaces that vectors lie in, each with a graph of neighbours for what is too much to read through."""

from typing import Final

from adapters.postgres.database import Database
from domain.knowledge.embedding_space import EmbeddingSpace

MOST_DIMENSIONS_OF_A_GRAPH: Final = 4000

FIND: Final = "SELECT id FROM knowledge_spaces WHERE name = $1 AND dimensions = $2"
ADD: Final = "INSERT INTO knowledge_spaces (name, dimensions) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id"
LOCK: Final = "SELECT pg_advisory_xact_lock(7239413)"


class EmbeddingSpaces:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[EmbeddingSpace, int] = {}

    async def find(self, space: EmbeddingSpace) -> int | None:
        """Its number, None when no vector was ever kept in it."""
        if space not in self._known:
            row = await self._database.row(FIND, space.name, space.dimensions)
            if row is None:
                return None
            self._known[space] = row["id"]
        return self._known[space]

    async def number(self, space: EmbeddingSpace) -> int:
        """Its number, given to it and its graph prepared at the first call."""
        found = await self.find(space)
        if found is None:
            await self._add(space)
            found = await self.find(space)
        assert found is not None
        return found

    async def _add(self, space: EmbeddingSpace) -> None:
        async with self._database.transaction() as connection:
            await connection.exec_driver_sql(LOCK)
            number = (await connection.exec_driver_sql(ADD, (space.name, space.dimensions))).scalar()
            if number is not None and space.dimensions <= MOST_DIMENSIONS_OF_A_GRAPH:
                await connection.exec_driver_sql(graph_of(number, space.dimensions))
            await connection.commit()


def graph_of(number: int, dimensions: int) -> str:
    return f"""
    CREATE INDEX ix_knowledge_vectors_graph_{number} ON knowledge_vectors
    USING hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops) WHERE space_id = {number} AND is_in_graph
    """
