"""Make up for doorbells that nobody heard."""

from dataclasses import dataclass

from application.ports.ingestion_journal import IngestionJournal
from application.ports.job_queue import DocumentReady, ExecutionReady, JobQueue
from application.ports.run_journal import RunJournal


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAgain:
    """Ring for runs and documents that wait: never claimed, or left by a worker whose lease ran out.

    Returns how many waited; documents count as one, for one ring has all of them worked off.
    """

    journal: RunJournal
    documents: IngestionJournal
    queue: JobQueue
    at_once: int = 100

    async def __call__(self) -> int:
        waiting = await self.journal.waiting(limit=self.at_once)
        for execution_id in waiting:
            await self.queue.ring(ExecutionReady(execution_id))
        documents = await self.documents.waiting(limit=1)
        for document_id in documents:
            await self.queue.ring(DocumentReady(document_id))
        return len(waiting) + len(documents)
