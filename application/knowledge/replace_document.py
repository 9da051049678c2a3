"""Give a document another text."""

from dataclasses import dataclass

from application.knowledge.accept_document import NewDocument
from application.ports.clock import Clock
from application.ports.job_queue import DocumentReady, JobQueue
from application.ports.unit_of_work import BeginWork
from domain.ids import DocumentId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceDocument:
    """The old text is found, with what was said of it, until the new one is worked off, and then the new one in its
    place. If that fails the old one goes on being found.

    The same text again is worked off all the same. Raise DocumentNotFound, or SameContent when another document of
    the corpus has this text and no duplicate is allowed.
    """

    begin: BeginWork
    queue: JobQueue
    clock: Clock

    async def __call__(
        self, *, document_id: DocumentId, actor_id: UserId, wanted: NewDocument, allows_duplicate: bool = False
    ) -> None:
        async with self.begin() as work:
            document = await work.documents.get(document_id, actor_id)
            rewritten = document.rewritten(
                title=wanted.title.strip(),
                text=wanted.text,
                source_type=wanted.source_type,
                mime_type=wanted.mime_type,
                metadata=wanted.metadata,
                at=self.clock.now(),
            )
            await work.documents.save(rewritten, allows_duplicate=allows_duplicate)
            await work.commit()
        await self.queue.ring(DocumentReady(document_id))
