"""A workflow's memory that outlasts a short outage of the store."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.engine.patience import Patience
from application.ports.workflow_memory import MemoryEntry, Recalled, WorkflowMemory
from domain.ids import WorkflowId
from domain.values.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientMemory:
    """For runs: what a node cannot read now it may be able to read in a moment, and need not fail for."""

    memory: WorkflowMemory
    patience: Patience

    async def recall(self, workflow_id: WorkflowId, key: str) -> Recalled:
        return await self.patience.insisting(lambda: self.memory.recall(workflow_id, key))

    async def entries(self, workflow_id: WorkflowId) -> Sequence[MemoryEntry]:
        return await self.patience.insisting(lambda: self.memory.entries(workflow_id))

    async def keep(self, workflow_id: WorkflowId, key: str, value: Json) -> MemoryEntry:
        return await self.memory.keep(workflow_id, key, value)

    async def clear(self, workflow_id: WorkflowId) -> int:
        return await self.memory.clear(workflow_id)
