"""Which embedding space each corpus belongs to."""

from collections.abc import Collection, Mapping
from typing import Protocol

from domain.ids import CorpusId
from domain.knowledge.embedding_space import EmbeddingSpace


class CorpusSpaces(Protocol):
    async def of_corpora(self, corpora: Collection[CorpusId]) -> Mapping[CorpusId, EmbeddingSpace]:
        """Where searches of them look; those that have no vectors yet are left out. Raise Unavailable."""
