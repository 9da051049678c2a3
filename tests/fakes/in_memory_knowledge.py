"""Knowledge that lives as long as the process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid4, uuid5

from application.ports.knowledge import Ingested, Ingestion, NewText, Search
from domain.ids import ChunkId, CorpusId, DocumentId, UserId
from domain.knowledge.errors import CorpusNotFound, CorpusOutOfScope
from domain.knowledge.findings import Findings
from domain.knowledge.match import Match
from domain.knowledge.scope import Scope, ScopeType
from tests.fakes.likeness import Readable, scores
from tests.fakes.text_windows import windows_of

OWNER_CAPACITY: Final = 1_000_000
CAPACITY: Final = 8_000_000
LONGEST_QUERY: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    id: DocumentId
    given: NewText
    chunks: tuple[Readable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Corpus:
    id: CorpusId
    owner_id: UserId
    scope: Scope
    documents: dict[str, _Document] = field(default_factory=dict)


class InMemoryKnowledge:
    """Searches and keeps. What does not fit any more is refused, never something else forgotten.

    Only the first 500 characters of a query count: everything else of this process waits for a search.
    `capacity` and `owner_capacity` are characters of text, of all owners together and of each.
    """

    def __init__(self, *, capacity: int = CAPACITY, owner_capacity: int = OWNER_CAPACITY) -> None:
        self._corpora: dict[CorpusId, _Corpus] = {}
        self._used: dict[UserId, int] = {}
        self._capacity = capacity
        self._owner_capacity = owner_capacity

    async def search(self, wanted: Search) -> Findings:
        found = list(self._searched(wanted))
        scored = scores(wanted.query[:LONGEST_QUERY], [chunk for _, _, _, chunk in found], wanted.mode)
        ranked = sorted(zip(scored, found, strict=True), key=lambda each: -each[0])
        matches = [_match(score, *place) for score, place in ranked[: wanted.top_k] if score > 0]
        return Findings(matches=matches)

    async def ingest(self, ingestion: Ingestion) -> Sequence[Ingested]:
        corpus = self._corpus(ingestion)
        return [self._keep(text, corpus) for text in ingestion.texts]

    async def is_there(self, corpus_id: CorpusId, owner_id: UserId) -> bool:
        corpus = self._corpora.get(corpus_id)
        return corpus is not None and corpus.owner_id == owner_id

    def _searched(self, wanted: Search) -> Iterator[tuple[_Corpus, _Document, int, Readable]]:
        for corpus in self._corpora.values():
            if corpus.owner_id == wanted.owner_id and _is_meant(corpus, wanted.scope):
                for document in corpus.documents.values():
                    for index, chunk in enumerate(document.chunks):
                        yield corpus, document, index, chunk

    def _corpus(self, ingestion: Ingestion) -> _Corpus:
        own = Scope(type=ScopeType.WORKFLOW, workflow_id=ingestion.workflow_id)
        scope = ingestion.scope if ingestion.scope != Scope() else own
        theirs = [each for each in self._corpora.values() if each.owner_id == ingestion.owner_id]
        if scope.corpus_id is not None:
            known = next((each for each in theirs if each.id == scope.corpus_id), None)
            if known is None:
                raise CorpusNotFound
            if scope.type not in (None, ScopeType.USER) and not _is_meant(known, scope):
                raise CorpusOutOfScope
            return known
        known = next((each for each in theirs if each.scope == scope), None)
        if known is None:
            known = _Corpus(id=CorpusId(uuid4()), owner_id=ingestion.owner_id, scope=scope)
            self._corpora[known.id] = known
        return known

    def _keep(self, text: NewText, corpus: _Corpus) -> Ingested:
        """The same content again is the document that is there."""
        digest = sha256(text.text.encode("utf-8", "surrogatepass")).hexdigest()
        known = corpus.documents.get(digest)
        if known is not None:
            return _kept(known, corpus, is_known=True)
        document = _Document(id=DocumentId(_id(corpus.id, digest)), given=text, chunks=())
        error = self._refusal(text.text, corpus.owner_id)
        if error is not None:
            return _kept(document, corpus, error=error)
        document = replace(document, chunks=tuple(Readable.of(piece) for piece in windows_of(text.text)))
        corpus.documents[digest] = document
        self._used[corpus.owner_id] = self._used.get(corpus.owner_id, 0) + len(text.text)
        return _kept(document, corpus)

    def _refusal(self, text: str, owner_id: UserId) -> str | None:
        if not text.strip():
            return "The document holds no text"
        size, own = len(text), self._used.get(owner_id, 0)
        if own + size > self._owner_capacity or sum(self._used.values()) + size > self._capacity:
            return f"There is no room for another {size} characters"
        return None


def _is_meant(corpus: _Corpus, wanted: Scope) -> bool:
    pairs = (
        (wanted.corpus_id, corpus.id),
        (wanted.type, corpus.scope.type),
        (wanted.workflow_id, corpus.scope.workflow_id),
        (wanted.execution_id, corpus.scope.execution_id),
    )
    return all(given is None or given == own for given, own in pairs)


def _kept(document: _Document, corpus: _Corpus, *, is_known: bool = False, error: str | None = None) -> Ingested:
    return Ingested(
        corpus_id=corpus.id,
        document_id=document.id,
        title=document.given.title,
        status="ready" if error is None else "failed",
        chunk_count=len(document.chunks) if error is None else 0,
        is_known=is_known,
        error=error,
    )


def _match(score: float, corpus: _Corpus, document: _Document, index: int, chunk: Readable) -> Match:
    return Match(
        corpus_id=corpus.id,
        document_id=document.id,
        chunk_id=ChunkId(_id(document.id, str(index))),
        chunk_index=index,
        score=score,
        content=chunk.text,
        title=document.given.title,
        source_type=document.given.source_type,
        metadata=document.given.metadata,
    )


def _id(inside: UUID, name: str) -> UUID:
    return uuid5(inside, name)
