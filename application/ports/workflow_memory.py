"""What the runs of a workflow remember beyond their own end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.ids import WorkflowId
from domain.values.json import Json, MaybeJson


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """`value` is UNDEFINED when nothing is kept under the key; `keys` counts all keys of the workflow."""

    value: MaybeJson = field(repr=False)
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryEntry:
    key: str
    value: Json = field(repr=False)
    updated_at: datetime


class WorkflowMemory(Protocol):
    """What people do with it. What a run writes is kept by its journal, together with the step that wrote it.

    Raise Unavailable from any call when the store cannot be reached.
    """

    async def recall(self, workflow_id: WorkflowId, key: str) -> Recalled:
        """What was kept last under `key`, by whichever run."""

    async def entries(self, workflow_id: WorkflowId) -> Sequence[MemoryEntry]:
        """All of it, by key."""

    async def keep(self, workflow_id: WorkflowId, key: str, value: Json) -> MemoryEntry:
        """Set one key, whatever was there. Raise WorkflowNotFound when the workflow is gone."""

    async def clear(self, workflow_id: WorkflowId) -> int:
        """Forget all of it; return how many keys there were. Runs that go on may write again."""
