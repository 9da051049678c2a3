"""Accept a run."""

from dataclasses import dataclass

from application.executions.accepting import Accepted, accept
from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.job_queue import ExecutionReady, JobQueue
from application.ports.unit_of_work import BeginWork
from domain.executions.execution import Execution, TriggerSource
from domain.idempotency.idempotency_key import Intention
from domain.ids import UserId, WorkflowId
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class StartExecution:
    """Accept a run of a workflow as it is now: from the commit on it will happen, queue or no queue.

    The same intention is accepted once, however often and however simultaneously it is sent. Raise WorkflowNotFound
    or IdempotencyKeyReused. Inactive workflows may be started by hand.
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
        intention: Intention | None = None,
    ) -> Accepted:
        async with self.begin() as work:
            workflow = await work.workflows.get(workflow_id, actor_id)
            execution = Execution.accept(
                workflow, payload, id=self.ids.execution(), at=self.clock.now(), trigger=trigger
            )
            accepted = await accept(work, execution, place=f"execute:{workflow_id}", intention=intention)
            await work.commit()
        if not accepted.is_repeat:
            await self.queue.ring(ExecutionReady(execution.id))
        return accepted
