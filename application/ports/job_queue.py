"""The doorbell. Rows are the truth; a ring only says that it is worth looking now."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from domain.ids import DocumentId, ExecutionId


@dataclass(frozen=True, slots=True)
class ExecutionReady:
    """A run waits to be claimed."""

    execution_id: ExecutionId


@dataclass(frozen=True, slots=True)
class ExecutionStopped:
    """A run was stopped; whoever works on it should drop it."""

    execution_id: ExecutionId


@dataclass(frozen=True, slots=True)
class DocumentReady:
    """A document waits to be claimed."""

    document_id: DocumentId


Ring: TypeAlias = ExecutionReady | ExecutionStopped | DocumentReady


class JobQueue(Protocol):
    async def ring(self, ring: Ring) -> None:
        """Wake a worker. Never raises and returns within 250 ms: a lost ring costs time, not work."""
