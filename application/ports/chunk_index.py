"""Where the chunks of documents become searchable."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from domain.ids import ChunkId, CorpusId, DocumentId
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChunk:
    """`index` counts from 0 within the document; `vector` lies in the space of the chunks that it comes with."""

    id: ChunkId
    index: int
    text: str = field(repr=False)
    token_count: int
    vector: Sequence[float] = field(repr=False)
    metadata: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkBatch:
    """Chunks of a document that whoever holds `epoch` on it has made. `title` is searched with each of them."""

    document_id: DocumentId
    corpus_id: CorpusId
    epoch: int
    title: str
    space: EmbeddingSpace
    chunks: Sequence[NewChunk] = ()


class ChunkIndex(Protocol):
    """Chunks are searched from the moment that their document is ready, all of them at once.

    Batches of different documents and corpora may come at once from many callers. Whoever works without having the
    document (it is not `processing`, its epoch is another, or it is gone) changes nothing.
    """

    async def stage(self, batch: ChunkBatch) -> bool:
        """Keep a part of what is to be published later, out of sight; False when the document is no longer ours.

        Chunks that were staged before under the same index are replaced.
        """

    async def keep_staged(
        self, document_id: DocumentId, *, epoch: int, space: EmbeddingSpace, texts: Sequence[str]
    ) -> int:
        """How many of these chunks, counted from index 0 without a gap, need not be made again.

        What was staged of another cut or in another space is dropped, and so is all that follows it.
        """

    async def publish(self, batches: Sequence[ChunkBatch]) -> Collection[DocumentId]:
        """Make documents ready; the answer is which of them. The others are no longer ours, or their corpus belongs to
        another space than their vectors by now: then nothing of them is changed.

        What was staged of a document and the chunks of its batch take the place of all that was searched of it
        before, and what it says by now the place of what it said then, in the transaction that makes it ready, drops
        its lease, and counts its chunks. A document comes at most once. A corpus without a space gets that of its
        first chunks.
        """

    async def remove(self, document_ids: Sequence[DocumentId]) -> None:
        """Have nothing of these documents found any more, staged or published. The documents themselves stay."""


class IndexUpkeep(Protocol):
    async def tidy(self) -> int:
        """Make searches quicker without changing what they find; the answer is how many corpora were tidied.

        Safe at any time and from many callers. Raise Unavailable when it cannot be done now.
        """
