"""Several embedders side by side, each for the corpora whose vectors are its own."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from application.ports.embedder import Embedder
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.errors import EmbeddingUnavailable


class EmbeddersAtHand:
    def __init__(self, usual: Embedder, others: Iterable[Embedder] = ()) -> None:
        """`usual` is asked for its space even where one of the others has the same."""
        self.usual = usual
        self._known = {each.space: each for each in (*others, usual)}

    def of(self, space: EmbeddingSpace) -> Embedder:
        return self._known.get(space) or AbsentEmbedder(space)


class AbsentEmbedder:
    def __init__(self, space: EmbeddingSpace) -> None:
        self.space = space

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        raise self._absence

    async def embed_query(self, text: str) -> Sequence[float]:
        raise self._absence

    @property
    def _absence(self) -> EmbeddingUnavailable:
        named = f'"{self.space.name}" of {self.space.dimensions}'
        return EmbeddingUnavailable(f"No embedder for the embedding space {named} is at hand")


class LateEmbedder:
    """Made in a thread when it is asked first; `absence` is what `make` raises as long as it cannot be made."""

    def __init__(self, space: EmbeddingSpace, make: Callable[[], Embedder], *, absence: type[Exception]) -> None:
        self.space = space
        self._make = make
        self._absence = absence
        self._made: Embedder | None = None
        self._turn = asyncio.Lock()

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return await (await self._there()).embed_documents(texts)

    async def embed_query(self, text: str) -> Sequence[float]:
        return await (await self._there()).embed_query(text)

    async def _there(self) -> Embedder:
        async with self._turn:
            if self._made is None:
                try:
                    self._made = await asyncio.to_thread(self._make)
                except self._absence as missing:
                    raise EmbeddingUnavailable(str(missing)) from missing
            return self._made
