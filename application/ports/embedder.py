"""Turns texts into vectors that are near each other when the texts mean similar things."""

from collections.abc import Sequence
from typing import Protocol

from domain.knowledge.embedding_space import EmbeddingSpace


class Embedder(Protocol):
    @property
    def space(self) -> EmbeddingSpace:
        """Where all its vectors lie; the same before, between and after all calls."""

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text, in order, of `space.dimensions` finite numbers.

        Raise Unavailable when it cannot be done now, Conflict when the same call would fail again.
        """

    async def embed_query(self, text: str) -> Sequence[float]:
        """The vector to look for documents with. It need not be the one that the same text has as a document."""
