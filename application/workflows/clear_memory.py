"""Let a workflow forget what its runs left for later ones."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from application.ports.workflow_memory import WorkflowMemory
from domain.ids import UserId, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearMemory:
    """Return how many keys there were. Raise WorkflowNotFound."""

    begin: BeginWork
    memory: WorkflowMemory

    async def __call__(self, *, workflow_id: WorkflowId, actor_id: UserId) -> int:
        async with self.begin() as work:
            await work.workflows.get(workflow_id, actor_id)
        return await self.memory.clear(workflow_id)
