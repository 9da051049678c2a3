"""Work documents off, each by the embedder of its corpus."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from application.knowledge.ingestor import Ingests
from application.ports.corpus_spaces import CorpusSpaces
from application.ports.embedder import Embedder
from application.ports.embedders import Embedders
from application.ports.ingestion_journal import DocumentClaim
from domain.knowledge.embedding_space import EmbeddingSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestBySpace:
    """Whichever embedder is set: all documents of a corpus have their vectors in one space.

    Those of different spaces do not wait for each other. Raise Unavailable when the store cannot be reached.
    """

    spaces: CorpusSpaces
    embedders: Embedders
    ingest_with: Callable[[Embedder], Ingests]

    async def __call__(self, claims: Sequence[DocumentClaim]) -> None:
        spaces = await self.spaces.of_corpora({claim.corpus_id for claim in claims})
        apart = dict[EmbeddingSpace | None, list[DocumentClaim]]()
        for claim in claims:
            apart.setdefault(spaces.get(claim.corpus_id), []).append(claim)
        turns = (self.ingest_with(self._embedder(space))(theirs) for space, theirs in apart.items())
        ended = await asyncio.gather(*turns, return_exceptions=True)
        for failure in ended:
            if failure is not None:
                raise failure

    def _embedder(self, space: EmbeddingSpace | None) -> Embedder:
        return self.embedders.usual if space is None else self.embedders.of(space)
