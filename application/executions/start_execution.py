"""Accept a run."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.job_queue import ExecutionReady, JobQueue
from application.ports.unit_of_work import BeginWork
from domain.executions.execution import Execution, TriggerSource
from domain.ids import ExecutionId, UserId, WorkflowId
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class StartExecution:
    """Accept a run of a workflow as it is now: from the commit on it will happen, queue or no queue.

    Raise WorkflowNotFound. Inactive workflows may be started by hand.
    """

    begin: BeginWork
    queue: JobQueue
    clock: Clock
    ids: IdGenerator

    async def __call__(
        self,
        *,
        workflow_id: WorkflowId,
        actor_id: UserId,
        payload: JsonObject,
        trigger: TriggerSource = TriggerSource.MANUAL,
    ) -> ExecutionId:
        async with self.begin() as work:
            workflow = await work.workflows.get(workflow_id, actor_id)
            execution = Execution.accept(
                workflow, payload, id=self.ids.execution(), at=self.clock.now(), trigger=trigger
            )
            await work.executions.add(execution)
            await work.commit()
        await self.queue.ring(ExecutionReady(execution.id))
        return execution.id
