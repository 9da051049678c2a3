"""All that ingestion needs when nothing real is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from application.knowledge.accept_document import AcceptDocument, Accepted, NewDocument
from application.knowledge.create_corpus import CreateCorpus, NewCorpus
from application.knowledge.ingest_documents import IngestDocuments, IngestTerms
from application.ports.ingestion_journal import BatchSize, DocumentClaim
from domain.accounts.user import User
from domain.ids import CorpusId, DocumentId
from domain.knowledge.document import Document
from domain.knowledge.embedding_space import EmbeddingSpace
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.ingestion_journal import FakeChunkIndex, FakeIngestionJournal
from tests.fakes.job_queue import FakeJobQueue
from tests.fakes.knowledge_repositories import DocumentRow
from tests.fakes.store import FakeStore
from tests.make import a_user
from tests.unit.application.engine.stage import Pages

LEASE = timedelta(seconds=15)


@dataclass
class FakeEmbedder:
    """Vectors of length. Raises what stands beside a word for texts that hold the word; all texts hold ""."""

    clock: FakeClock
    raising: dict[str, Exception] = field(default_factory=dict)
    taking: timedelta = timedelta(0)
    before: Callable[[Sequence[str]], None] = lambda texts: None
    space: EmbeddingSpace = field(default_factory=lambda: EmbeddingSpace("lengths", 1))
    calls: list[list[str]] = field(default_factory=list)

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.calls.append(list(texts))
        self.clock.advance(self.taking)
        self.before(texts)
        self._refuse(texts)
        return [[float(len(text))] for text in texts]

    async def embed_query(self, text: str) -> Sequence[float]:
        self._refuse([text])
        return [float(len(text))]

    def _refuse(self, texts: Sequence[str]) -> None:
        for word, failure in self.raising.items():
            if any(word in text for text in texts):
                raise failure


class Desk:
    def __init__(self, **terms: Any) -> None:
        self.clock = FakeClock()
        self.store = FakeStore(self.clock)
        self.owner: User = a_user()
        self.store.rows.users[self.owner.id] = self.owner
        self.ids = FakeIds()
        self.queue = FakeJobQueue()
        self.log = Pages()
        self.journal = FakeIngestionJournal(self.store)
        self.index = FakeChunkIndex(self.store)
        self.embedder = FakeEmbedder(self.clock)
        self.ingest = IngestDocuments(
            journal=self.journal,
            index=self.index,
            embedder=self.embedder,
            ids=self.ids,
            clock=self.clock,
            log=self.log,
            terms=IngestTerms(**terms),
        )

    async def collects(self) -> CorpusId:
        create = CreateCorpus(begin=self.store.begin, clock=self.clock, ids=self.ids)
        return await create(owner_id=self.owner.id, wanted=NewCorpus(name="Manuals", metadata={}))

    async def accepts(self, corpus_id: CorpusId, text: str, **more: Any) -> Accepted:
        accept = AcceptDocument(begin=self.store.begin, queue=self.queue, clock=self.clock, ids=self.ids)
        wanted = NewDocument(title=" Bread ", text=text, metadata={})
        return await accept(corpus_id=corpus_id, owner_id=self.owner.id, wanted=wanted, **more)

    async def brings(self, *texts: str) -> list[DocumentId]:
        corpus = await self.collects()
        return [(await self.accepts(corpus, text)).document_id for text in texts]

    async def claims(self) -> Sequence[DocumentClaim]:
        return await self.journal.claim("a", lease=LEASE, most=BatchSize())

    def row(self, document_id: DocumentId) -> DocumentRow:
        return self.store.rows.documents[document_id]

    def sees(self, document_id: DocumentId) -> Document:
        return self.row(document_id).document

    def statuses(self, documents: Sequence[DocumentId]) -> list[str]:
        return [self.sees(each).status.value for each in documents]
