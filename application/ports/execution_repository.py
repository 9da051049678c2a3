"""Keeps runs, as far as people start and stop them. What workers write goes through the run journal."""

from collections.abc import Sequence
from typing import Protocol

from domain.executions.execution import Execution
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, NodeId, UserId, WorkflowId


class ExecutionRepository(Protocol):
    async def add(self, execution: Execution) -> None:
        """Raise WorkflowNotFound when its workflow does not exist (any more)."""

    async def get(self, execution_id: ExecutionId, owner_id: UserId) -> Execution:
        """Lock it against workers and other callers until the unit of work ends.

        Raise ExecutionNotFound when absent or not owned by `owner_id`.
        """

    async def unfinished_of(self, workflow_id: WorkflowId) -> Sequence[Execution]:
        """Lock and return all runs of a workflow that are not final."""

    async def claimed_too_often(self, max_claims: int, limit: int) -> Sequence[Execution]:
        """Lock and return running ones whose lease ran out and whose claims reached `max_claims`; oldest first."""

    async def recorded_nodes(self, execution_id: ExecutionId) -> Sequence[NodeId]:
        """Nodes that have a step by now, in order of sequence."""

    async def end(self, execution: Execution, *, skipped: Sequence[Step], snapshots: Sequence[Snapshot]) -> None:
        """Store a final state together with its last records.

        Raise TransitionRefused when the stored state is final already.
        """

    async def remove(self, execution_id: ExecutionId) -> None:
        """Remove a run with all its records; its tick, if it had one, forgets it. Absent is fine."""
