"""Reads shaped for the wire: one round trip each, stored JSON passed on as bytes and never decoded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from domain.ids import ExecutionId, UserId, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """`page` counts from 1; a page past the end is empty."""

    page: int
    limit: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`items` is a JSON array in wire form; `total` counts all items of the list."""

    items: msgspec.Raw
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """What decides whether a token is still good. None of it is secret."""

    user_id: UserId
    token_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What people see of an account."""

    id: UserId
    email: str
    name: str


class AccountReads(Protocol):
    async def profile(self, user_id: UserId) -> Profile:
        """Raise UserNotFound when absent."""

    async def state(self, user_id: UserId) -> AccountState | None:
        """None when there is no such user (any more)."""


class WorkflowReads(Protocol):
    """Records are JSON objects with the fields of a Workflow on the wire."""

    async def one(self, workflow_id: WorkflowId, owner_id: UserId) -> msgspec.Raw:
        """Raise WorkflowNotFound when absent or not owned by `owner_id`."""

    async def mine(self, owner_id: UserId, paging: Paging) -> Page:
        """Latest change first; equal times by id."""


class ExecutionReads(Protocol):
    async def detail(self, execution_id: ExecutionId, owner_id: UserId) -> msgspec.Raw:
        """The whole record: the Execution's fields, `steps` in execution order, the newest 50 `stepAttempts`, 50
        `retrievalEvents` and 20 `contextSnapshots`, and for each of the three a `…Meta` with
        `{total, page, limit, totalPages, truncated}`.

        Raise ExecutionNotFound when absent or not owned by `owner_id`.
        """

    async def of_workflow(self, workflow_id: WorkflowId, owner_id: UserId, paging: Paging) -> Page:
        """Newest first; equal times by id. Raise WorkflowNotFound when absent or not owned by `owner_id`."""

    async def active(self, owner_id: UserId, paging: Paging) -> Page:
        """ActiveExecution records of pending and running runs, newest first; equal times by id."""

    async def status(self, execution_id: ExecutionId, owner_id: UserId) -> "ExecutionState":
        """The little that following a run needs. Raise ExecutionNotFound as `detail` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionState:
    status: str
    finished_at: datetime | None
    error_message: str | None
