"""Remove a workflow and everything it ever did."""

from collections.abc import Collection
from dataclasses import dataclass

from application.ports.job_queue import ExecutionStopped, JobQueue
from application.ports.unit_of_work import BeginWork
from domain.ids import UserId, WorkflowId
from domain.workflows.errors import WorkflowChangedMeanwhile, WorkflowIsNewer


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWorkflow:
    """Runs that are not over are locked and go with it; their workers are told to drop them.

    With `expected`, only when the workflow is at one of these revisions. Raise WorkflowNotFound or WorkflowIsNewer.
    """

    begin: BeginWork
    queue: JobQueue

    async def __call__(
        self, *, workflow_id: WorkflowId, actor_id: UserId, expected: Collection[int] | None = None
    ) -> None:
        async with self.begin() as work:
            workflow = await work.workflows.get(workflow_id, actor_id)
            workflow.expect(expected)
            unfinished = await work.executions.unfinished_of(workflow.id)
            try:
                await work.workflows.remove(workflow, was_revision=None if expected is None else workflow.revision)
            except WorkflowChangedMeanwhile as newer:
                raise WorkflowIsNewer from newer
            await work.commit()
        for execution in unfinished:
            await self.queue.ring(ExecutionStopped(execution.id))
