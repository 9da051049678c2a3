"""Have a workflow remember something, as if one of its runs had left it."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from application.ports.workflow_memory import MemoryEntry, WorkflowMemory
from domain.errors import Fault, Invalid
from domain.executions.durable_memory import LARGEST_VALUE_BYTES, MOST_KEYS
from domain.ids import UserId, WorkflowId
from domain.values.json import UNDEFINED, Json
from domain.values.json_size import json_size, size_text
from domain.workflows.errors import RemembersEnough


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMemory:
    """Whatever was there under the key. Raise WorkflowNotFound, Invalid for too large a value, or RemembersEnough."""

    begin: BeginWork
    memory: WorkflowMemory

    async def __call__(self, *, workflow_id: WorkflowId, actor_id: UserId, key: str, value: Json) -> MemoryEntry:
        if json_size(value, most=LARGEST_VALUE_BYTES) > LARGEST_VALUE_BYTES:
            most = size_text(LARGEST_VALUE_BYTES)
            raise Invalid(faults=[Fault(("value",), "too_large", f"Value must be at most {most} of JSON")])
        async with self.begin() as work:
            await work.workflows.get(workflow_id, actor_id)
        known = await self.memory.recall(workflow_id, key)
        if known.value is UNDEFINED and known.keys >= MOST_KEYS:
            raise RemembersEnough(MOST_KEYS)
        return await self.memory.keep(workflow_id, key, value)
