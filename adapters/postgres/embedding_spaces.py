"""The spaces that vectors lie in, each with a number of its own."""

from collections.abc import Collection, Mapping
from typing import Final

from adapters.postgres.database import Database
from domain.ids import CorpusId
from domain.knowledge.embedding_space import EmbeddingSpace

FIND: Final = "SELECT id FROM knowledge_spaces WHERE name = $1 AND dimensions = $2"
ADD: Final = "INSERT INTO knowledge_spaces (name, dimensions) VALUES ($1, $2) ON CONFLICT DO NOTHING"
OF_CORPORA: Final = """
SELECT corpus.id, space.name, space.dimensions
FROM knowledge_corpora AS corpus JOIN knowledge_spaces AS space ON space.id = corpus.space_id
WHERE corpus.id = ANY($1::uuid[])
"""


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
        """Its number, given to it at the first call."""
        found = await self.find(space)
        if found is None:
            await self._database.rows(ADD, space.name, space.dimensions)
            found = await self.find(space)
        assert found is not None
        return found

    async def of_corpora(self, corpora: Collection[CorpusId]) -> Mapping[CorpusId, EmbeddingSpace]:
        rows = await self._database.rows(OF_CORPORA, list(corpora))
        return {CorpusId(row["id"]): EmbeddingSpace(row["name"], row["dimensions"]) for row in rows}
