"""Keeps workflows."""

from typing import Protocol

from domain.ids import UserId, WorkflowId
from domain.workflows.workflow import Workflow


class WorkflowRepository(Protocol):
    """Every read is scoped to an owner: somebody else's workflow is absent."""

    async def add(self, workflow: Workflow) -> None:
        """Raise UserNotFound when the owner does not exist (any more)."""

    async def get(self, workflow_id: WorkflowId, owner_id: UserId) -> Workflow:
        """Raise WorkflowNotFound when absent or not owned by `owner_id`."""

    async def get_to_change(self, workflow_id: WorkflowId, owner_id: UserId) -> Workflow:
        """Like `get`, and nobody else changes it until the unit of work ends."""

    async def of_anybody(self, workflow_id: WorkflowId) -> Workflow | None:
        """For callers that have no account: webhooks. None when absent."""

    async def save(self, workflow: Workflow, *, was_revision: int) -> None:
        """Raise WorkflowChangedMeanwhile when the stored revision is not `was_revision`."""

    async def remove(self, workflow: Workflow, *, was_revision: int | None = None) -> None:
        """Remove it with all its runs and their records. Absent is fine.

        With `was_revision`, raise WorkflowChangedMeanwhile when it is gone or has another revision.
        """
