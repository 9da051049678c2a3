"""What a workflow's runs left for later ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from application.ports.workflow_memory import MemoryEntry, WorkflowMemory
from domain.ids import UserId, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMemory:
    """Raise WorkflowNotFound."""

    begin: BeginWork
    memory: WorkflowMemory

    async def __call__(self, *, workflow_id: WorkflowId, actor_id: UserId) -> Sequence[MemoryEntry]:
        async with self.begin() as work:
            await work.workflows.get(workflow_id, actor_id)
        return await self.memory.entries(workflow_id)
