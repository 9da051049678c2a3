"""The memory of workflows over rows in memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from application.ports.workflow_memory import MemoryEntry, Recalled
from domain.executions.durable_memory import DurableWrite
from domain.ids import WorkflowId
from domain.values.json import UNDEFINED, Json
from domain.workflows.errors import WorkflowNotFound
from tests.fakes.store import FakeStore, Rows


class FakeWorkflowMemory:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def recall(self, workflow_id: WorkflowId, key: str) -> Recalled:
        entries = {each.key: each.value for each in await self.entries(workflow_id)}
        return Recalled(value=entries.get(key, UNDEFINED), keys=len(entries))

    async def entries(self, workflow_id: WorkflowId) -> Sequence[MemoryEntry]:
        memory = self._store.rows.workflow_memory
        return [entry for (of, _), entry in sorted(memory.items(), key=lambda each: each[0][1]) if of == workflow_id]

    async def keep(self, workflow_id: WorkflowId, key: str, value: Json) -> MemoryEntry:
        if workflow_id not in self._store.rows.workflows:
            raise WorkflowNotFound
        entry = MemoryEntry(key=key, value=value, updated_at=self._store.clock.now())
        self._store.rows.workflow_memory[workflow_id, key] = entry
        return entry

    async def clear(self, workflow_id: WorkflowId) -> int:
        gone = [key for key in self._store.rows.workflow_memory if key[0] == workflow_id]
        for key in gone:
            del self._store.rows.workflow_memory[key]
        return len(gone)


def remember(rows: Rows, workflow_id: WorkflowId, writes: Iterable[DurableWrite], *, at: datetime) -> None:
    """What a journal does with the durable writes of a step that is new to it."""
    for write in writes:
        kept = rows.workflow_memory.get((workflow_id, write.key))
        value = write.after(UNDEFINED if kept is None else kept.value)
        entry = MemoryEntry(key=write.key, value=value, updated_at=at)
        rows.workflow_memory[workflow_id, write.key] = entry
