"""A query as each embedding space sees it."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from application.ports.embedders import Embedders
from domain.errors import DomainError
from domain.knowledge.embedding_space import EmbeddingSpace


class QueryVectors:
    """Every space is asked once. `refusals` says why it has no vector for the query."""

    def __init__(self, embedders: Embedders, query: str) -> None:
        self._embedders = embedders
        self._query = query
        self._vectors: dict[EmbeddingSpace, Sequence[float]] = {}
        self._refusals: dict[EmbeddingSpace, DomainError] = {}

    @property
    def refusals(self) -> Mapping[EmbeddingSpace, DomainError]:
        return self._refusals

    def find(self, space: EmbeddingSpace) -> Sequence[float] | None:
        return self._vectors.get(space)

    async def make(self, spaces: Collection[EmbeddingSpace]) -> None:
        """Those that are not there yet, side by side."""
        await asyncio.gather(
            *(self._make(each) for each in spaces if each not in self._vectors and each not in self._refusals)
        )

    async def _make(self, space: EmbeddingSpace) -> None:
        try:
            self._vectors[space] = await self._embedders.of(space).embed_query(self._query)
        except DomainError as refusal:
            self._refusals[space] = refusal
