"""Remove a run and everything it left behind."""

from dataclasses import dataclass

from application.ports.job_queue import ExecutionStopped, JobQueue
from application.ports.unit_of_work import BeginWork
from domain.ids import ExecutionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteExecution:
    """Raise ExecutionNotFound. One that is not over is locked and goes all the same; its worker is told to drop it."""

    begin: BeginWork
    queue: JobQueue

    async def __call__(self, *, execution_id: ExecutionId, actor_id: UserId) -> None:
        async with self.begin() as work:
            execution = await work.executions.get(execution_id, actor_id)
            await work.executions.remove(execution.id)
            await work.commit()
        if not execution.status.is_final:
            await self.queue.ring(ExecutionStopped(execution_id))
