"""Remove a workflow and everything it ever did."""

from dataclasses import dataclass

from application.ports.job_queue import ExecutionStopped, JobQueue
from application.ports.unit_of_work import BeginWork
from domain.ids import UserId, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWorkflow:
    """Raise WorkflowNotFound. Runs that are not over are locked and go with it; their workers are told to drop them."""

    begin: BeginWork
    queue: JobQueue

    async def __call__(self, *, workflow_id: WorkflowId, actor_id: UserId) -> None:
        async with self.begin() as work:
            workflow = await work.workflows.get(workflow_id, actor_id)
            unfinished = await work.executions.unfinished_of(workflow.id)
            await work.workflows.remove(workflow)
            await work.commit()
        for execution in unfinished:
            await self.queue.ring(ExecutionStopped(execution.id))
