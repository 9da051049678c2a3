"""Accept a document."""

from dataclasses import dataclass, replace

from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.job_queue import DocumentReady, JobQueue
from application.ports.unit_of_work import BeginWork, UnitOfWork
from domain.idempotency.idempotency_key import Intention, Remembered
from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.document import Document, DocumentStatus, SourceType
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A text that is not blank, and what is said of it."""

    title: str
    text: str
    source_type: SourceType = SourceType.UPLOAD
    mime_type: str | None = None
    metadata: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """`is_known` when the corpus held the same text before, `is_repeat` when the same request was accepted before:
    this is its first answer."""

    document_id: DocumentId
    is_known: bool = False
    is_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptDocument:
    """From the commit on it will be searchable, or have failed with a reason, queue or no queue.

    A text that the corpus holds already is not kept twice unless `allows_duplicate`; when it had failed it is tried
    again. Raise CorpusNotFound or IdempotencyKeyReused.
    """

    begin: BeginWork
    queue: JobQueue
    clock: Clock
    ids: IdGenerator

    async def __call__(
        self,
        *,
        corpus_id: CorpusId,
        owner_id: UserId,
        wanted: NewDocument,
        allows_duplicate: bool = False,
        intention: Intention | None = None,
    ) -> Accepted:
        document = self._document(corpus_id, owner_id, wanted)
        async with self.begin() as work:
            accepted = await self._accept(work, document, allows_duplicate, intention)
            await work.commit()
        if not accepted.is_repeat:
            await self.queue.ring(DocumentReady(accepted.document_id))
        return accepted

    def _document(self, corpus_id: CorpusId, owner_id: UserId, wanted: NewDocument) -> Document:
        now = self.clock.now()
        return Document(
            id=self.ids.document(),
            corpus_id=corpus_id,
            owner_id=owner_id,
            title=wanted.title.strip(),
            text=wanted.text,
            source_type=wanted.source_type,
            mime_type=wanted.mime_type,
            metadata=wanted.metadata,
            created_at=now,
            updated_at=now,
        )

    async def _accept(
        self, work: UnitOfWork, document: Document, allows_duplicate: bool, intention: Intention | None
    ) -> Accepted:
        wanted = None if intention is None else _wanted(document, intention)
        if wanted is not None and (first := await work.intentions.remember(wanted)) != wanted:
            return Accepted(
                document_id=DocumentId(first.outcome_for(wanted.intention)), is_known=first.was_there, is_repeat=True
            )
        kept = await work.documents.add(document, allows_duplicate=allows_duplicate)
        if kept.is_known and wanted is not None:
            await work.intentions.correct(replace(wanted, outcome=kept.document_id, was_there=True))
        if kept.is_known and kept.status is DocumentStatus.FAILED:
            known = await work.documents.get(kept.document_id, document.owner_id)
            await work.documents.save(known.tried_again(at=document.created_at))
        return Accepted(document_id=kept.document_id, is_known=kept.is_known)


def _wanted(document: Document, intention: Intention) -> Remembered:
    return Remembered(
        owner_id=document.owner_id,
        place="ingest",
        intention=intention,
        outcome=document.id,
        created_at=document.created_at,
    )
