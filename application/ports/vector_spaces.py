"""Moves corpora from one embedding space to another while they are searched."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import ChunkId, CorpusId
from domain.knowledge.embedding_space import EmbeddingSpace


class VectorSpaces(Protocol):
    """Several spaces may hold vectors of the same chunks; searches look into the one that the corpus names."""

    async def size(self, corpus_id: CorpusId) -> int:
        """How many chunks of a corpus are searched."""

    async def missing(self, corpus_id: CorpusId, space: EmbeddingSpace, *, limit: int) -> Sequence[tuple[ChunkId, str]]:
        """Chunks that have no vector in this space, with what they say; none when all have one."""

    async def add(self, space: EmbeddingSpace, vectors: Sequence[tuple[ChunkId, Sequence[float]]]) -> None:
        """Keep vectors, unseen as long as searches look elsewhere. Those of chunks that are gone are left out."""

    async def switch(self, corpus_id: CorpusId, space: EmbeddingSpace) -> bool:
        """Have searches look into this space from now on, at once and altogether, and documents be published into it:
        who is publishing is waited for.

        False, and nothing is changed, when there are chunks without a vector in it, or no such corpus.
        """

    async def forget_others(self, corpus_id: CorpusId, space: EmbeddingSpace) -> None:
        """Remove the vectors of a corpus that lie in any other space, as long as searches look into this one."""
