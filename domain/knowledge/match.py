"""A chunk that was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.ids import ChunkId, CorpusId, DocumentId
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True)
class Component:
    """What one leg of a search says of a chunk: its place there, counted from 1, and its score on that leg's scale."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`score` orders the matches of one search, best first; it is a finite number and comparable within that search.

    `chunk_index` counts from 0 within the document. `components` says by leg (`dense`, `lexical`) where the chunk was
    found; a leg that did not find it is not in it.
    """

    corpus_id: CorpusId
    document_id: DocumentId
    chunk_id: ChunkId
    chunk_index: int
    score: float
    content: str = field(repr=False)
    title: str
    source_type: str
    metadata: JsonObject = field(default_factory=dict)
    components: Mapping[str, Component] = field(default_factory=dict)

    def described(self) -> JsonObject:
        """The shape in which nodes hand matches on."""
        return {
            "corpusId": str(self.corpus_id),
            "documentId": str(self.document_id),
            "chunkId": str(self.chunk_id),
            "chunkIndex": self.chunk_index,
            "score": self.score,
            "content": self.content,
            "title": self.title,
            "sourceType": self.source_type,
            "metadata": self.metadata,
        }
