"""Stop a run."""

from dataclasses import dataclass

from application.executions.remaining_steps import remaining_steps
from application.ports.clock import Clock
from application.ports.job_queue import ExecutionStopped, JobQueue
from application.ports.unit_of_work import BeginWork
from domain.executions.execution import ExecutionStatus
from domain.executions.step import AFTER_STOP
from domain.ids import ExecutionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class StopExecution:
    """Record the stop and every node that is not reached any more, then tell the worker; answer the state.

    A run that is over stays what it is. From the commit on no worker can write about the run, so nothing can turn
    `canceled` into anything else. Raise ExecutionNotFound.
    """

    begin: BeginWork
    queue: JobQueue
    clock: Clock

    async def __call__(self, *, execution_id: ExecutionId, actor_id: UserId) -> ExecutionStatus:
        async with self.begin() as work:
            execution = await work.executions.get(execution_id, actor_id)
            if execution.status.is_final:
                return execution.status
            at = self.clock.now()
            recorded = await work.executions.recorded_nodes(execution.id)
            stopped = execution.stopped(at=at)
            skipped = remaining_steps(stopped, recorded, AFTER_STOP, at=at)
            await work.executions.end(stopped, skipped=skipped, snapshots=())
            await work.commit()
        await self.queue.ring(ExecutionStopped(execution_id))
        return stopped.status
