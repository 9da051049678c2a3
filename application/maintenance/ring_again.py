"""Make up for doorbells that nobody heard."""

from dataclasses import dataclass

from application.ports.job_queue import ExecutionReady, JobQueue
from application.ports.run_journal import RunJournal


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAgain:
    """Ring for runs that wait: never claimed, or left by a worker whose lease ran out. Returns how many waited."""

    journal: RunJournal
    queue: JobQueue
    at_once: int = 100

    async def __call__(self) -> int:
        waiting = await self.journal.waiting(limit=self.at_once)
        for execution_id in waiting:
            await self.queue.ring(ExecutionReady(execution_id))
        return len(waiting)
