"""The doorbell. Rows are the truth; a ring only says that it is worth looking now."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from domain.ids import ExecutionId


@dataclass(frozen=True, slots=True)
class ExecutionReady:
    """A run waits to be claimed."""

    execution_id: ExecutionId


@dataclass(frozen=True, slots=True)
class ExecutionStopped:
    """A run was stopped; whoever works on it should drop it."""

    execution_id: ExecutionId


Ring: TypeAlias = ExecutionReady | ExecutionStopped


class JobQueue(Protocol):
    async def ring(self, ring: Ring) -> None:
        """Wake a worker. Never raises and returns within 250 ms: a lost ring costs time, not work."""
