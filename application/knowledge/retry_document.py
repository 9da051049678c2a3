"""Try a document again that failed."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.job_queue import DocumentReady, JobQueue
from application.ports.unit_of_work import BeginWork
from domain.ids import DocumentId, UserId
from domain.knowledge.document import DocumentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDocument:
    """One that did not fail stays what it is. Raise DocumentNotFound."""

    begin: BeginWork
    queue: JobQueue
    clock: Clock

    async def __call__(self, *, document_id: DocumentId, actor_id: UserId) -> DocumentStatus:
        async with self.begin() as work:
            document = await work.documents.get(document_id, actor_id)
            if document.status is not DocumentStatus.FAILED:
                return document.status
            again = document.tried_again(at=self.clock.now())
            await work.documents.save(again)
            await work.commit()
        await self.queue.ring(DocumentReady(document_id))
        return again.status
