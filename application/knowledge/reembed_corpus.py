"""Give a corpus the vectors of the embedder that is set now."""

from collections.abc import Callable
from dataclasses import dataclass

from application.ports.embedder import Embedder
from application.ports.unit_of_work import BeginWork
from application.ports.vector_spaces import VectorSpaces
from domain.ids import CorpusId, UserId
from domain.knowledge.embedding_space import EmbeddingSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class Reembedded:
    """`made` chunks got a vector; all others had one already."""

    space: EmbeddingSpace
    made: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReembedCorpus:
    """Builds the new space beside the old one, batch by batch, and switches when it is complete; until then searches
    find what they found before. Whoever is interrupted goes on from there at the next call.

    Raise CorpusNotFound, also when it is removed meanwhile, or what the embedder raises.
    """

    begin: BeginWork
    spaces: VectorSpaces
    embedder: Embedder
    at_once: int = 128

    async def __call__(
        self, *, corpus_id: CorpusId, actor_id: UserId, told: Callable[[int, int], None] = lambda made, of: None
    ) -> Reembedded:
        """`told` hears after each batch how many vectors were made, of how many chunks."""
        space, made, is_switched = self.embedder.space, 0, False
        while not is_switched:
            await self._expect(corpus_id, actor_id)
            made += await self._fill(corpus_id, made, told)
            is_switched = await self.spaces.switch(corpus_id, space)
        made += await self._fill(corpus_id, made, told)
        await self.spaces.forget_others(corpus_id, space)
        return Reembedded(space=space, made=made)

    async def _expect(self, corpus_id: CorpusId, actor_id: UserId) -> None:
        async with self.begin() as work:
            await work.corpora.get(corpus_id, actor_id)

    async def _fill(self, corpus_id: CorpusId, before: int, told: Callable[[int, int], None]) -> int:
        made = 0
        while chunks := await self.spaces.missing(corpus_id, self.embedder.space, limit=self.at_once):
            vectors = await self.embedder.embed_documents([text for _, text in chunks])
            ids = [chunk_id for chunk_id, _ in chunks]
            await self.spaces.add(self.embedder.space, list(zip(ids, vectors, strict=True)))
            made += len(chunks)
            told(before + made, await self.spaces.size(corpus_id))
        return made
