"""Repositories over rows in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain.accounts.errors import EmailTaken, UserNotFound
from domain.accounts.user import User, email_key
from domain.executions.errors import ExecutionNotFound, TransitionRefused
from domain.executions.execution import Execution, ExecutionStatus
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, NodeId, UserId, WorkflowId
from domain.workflows.errors import WorkflowChangedMeanwhile, WorkflowNotFound
from domain.workflows.workflow import Workflow

if TYPE_CHECKING:
    from tests.fakes.store import Rows


class FakeUserRepository:
    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add(self, user: User) -> None:
        if await self.find_by_email(user.email) is not None:
            raise EmailTaken
        self._rows.users[user.id] = user

    async def get(self, user_id: UserId) -> User:
        if user_id not in self._rows.users:
            raise UserNotFound
        return self._rows.users[user_id]

    async def find_by_email(self, email: str) -> User | None:
        return next((user for user in self._rows.users.values() if user.email_key == email_key(email)), None)

    async def first(self, count: int) -> Sequence[User]:
        return sorted(self._rows.users.values(), key=lambda user: (user.created_at, user.id))[:count]

    async def end_sessions(self, user_id: UserId) -> None:
        user = await self.get(user_id)
        self._rows.users[user_id] = replace(user, token_version=user.token_version + 1)


class FakeWorkflowRepository:
    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add(self, workflow: Workflow) -> None:
        if workflow.owner_id not in self._rows.users:
            raise UserNotFound
        self._rows.workflows[workflow.id] = workflow

    async def get(self, workflow_id: WorkflowId, owner_id: UserId) -> Workflow:
        found = self._rows.workflows.get(workflow_id)
        if found is None or found.owner_id != owner_id:
            raise WorkflowNotFound
        return found

    async def get_to_change(self, workflow_id: WorkflowId, owner_id: UserId) -> Workflow:
        return await self.get(workflow_id, owner_id)

    async def of_anybody(self, workflow_id: WorkflowId) -> Workflow | None:
        return self._rows.workflows.get(workflow_id)

    async def save(self, workflow: Workflow, *, was_revision: int) -> None:
        stored = self._rows.workflows.get(workflow.id)
        if stored is None or stored.revision != was_revision:
            raise WorkflowChangedMeanwhile
        self._rows.workflows[workflow.id] = workflow

    async def remove(self, workflow: Workflow, *, was_revision: int | None = None) -> None:
        stored = self._rows.workflows.get(workflow.id)
        if was_revision is not None and (stored is None or stored.revision != was_revision):
            raise WorkflowChangedMeanwhile
        self._rows.forget_workflow(workflow.id)


class FakeExecutionRepository:
    def __init__(self, rows: "Rows", now: Callable[[], datetime]) -> None:
        self._rows = rows
        self._now = now

    async def add(self, execution: Execution) -> None:
        if execution.workflow_id not in self._rows.workflows:
            raise WorkflowNotFound
        self._rows.executions[execution.id] = execution

    async def get(self, execution_id: ExecutionId, owner_id: UserId) -> Execution:
        found = self._rows.executions.get(execution_id)
        if found is None or found.owner_id != owner_id:
            raise ExecutionNotFound
        return found

    async def unfinished_of(self, workflow_id: WorkflowId) -> Sequence[Execution]:
        return [
            each
            for each in self._rows.executions.values()
            if each.workflow_id == workflow_id and not each.status.is_final
        ]

    async def claimed_too_often(self, max_claims: int, limit: int) -> Sequence[Execution]:
        lost = [
            each
            for each in self._rows.executions.values()
            if each.status is ExecutionStatus.RUNNING and each.is_waiting(at=self._now()) and each.claims >= max_claims
        ]
        return sorted(lost, key=lambda each: (each.created_at, each.id))[:limit]

    async def recorded_nodes(self, execution_id: ExecutionId) -> Sequence[NodeId]:
        return [step.node_id for step in self._rows.steps.get(execution_id, ())]

    async def end(self, execution: Execution, *, skipped: Sequence[Step], snapshots: Sequence[Snapshot]) -> None:
        stored = self._rows.executions.get(execution.id)
        if stored is None or stored.status.is_final:
            raise TransitionRefused("A run that is over stays as it is")
        self._rows.executions[execution.id] = replace(execution, lease=None)
        self._rows.steps[execution.id] = (*self._rows.steps.get(execution.id, ()), *skipped)
        self._rows.snapshots[execution.id] = (*self._rows.snapshots.get(execution.id, ()), *snapshots)
        self._rows.checkpoints.pop(execution.id, None)

    async def remove(self, execution_id: ExecutionId) -> None:
        self._rows.forget_execution(execution_id)
