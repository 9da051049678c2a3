"""Reads shaped for the wire: one round trip each, stored JSON passed on as bytes and never decoded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from domain.access_tokens.access_token import Scope
from domain.ids import ExecutionId, UserId, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Either the page of a number, counted from 1, or what comes `after` a cursor that an earlier page gave.

    Pages past the end are empty. Every list takes both and raises InvalidCursor for what is no cursor of its own.
    """

    limit: int
    page: int = 1
    after: str | None = None

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`items` is a JSON array in wire form. `total` counts all items of the list; None after a cursor, where nobody
    counts. `next` is the cursor of what follows, None at the end."""

    items: msgspec.Raw
    total: int | None
    next: str | None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenState:
    """Whose a personal access token is, what it may do and until when; None is for ever."""

    user_id: UserId
    scopes: frozenset[Scope]
    expires_at: datetime | None


class AccountReads(Protocol):
    async def profile(self, user_id: UserId) -> Profile:
        """Raise UserNotFound when absent."""

    async def state(self, user_id: UserId) -> AccountState | None:
        """None when there is no such user (any more)."""

    async def use_access_token(self, digest: bytes, *, at: datetime) -> AccessTokenState | None:
        """Note that a token was used, to the minute. None when there is no such token (any more); expired ones are
        answered as they are, and not noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRead:
    record: msgspec.Raw
    revision: int


class WorkflowReads(Protocol):
    """Records are JSON objects with the fields of a Workflow on the wire."""

    async def one(self, workflow_id: WorkflowId, owner_id: UserId) -> WorkflowRead:
        """Raise WorkflowNotFound when absent or not owned by `owner_id`."""

    async def mine(self, owner_id: UserId, paging: Paging) -> Page:
        """Latest change first; equal times by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFilter:
    """None lets everything through; what is given must all be equal."""

    node_id: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalFilter:
    """As AttemptFilter."""

    node_id: str | None = None
    status: str | None = None
    strategy: str | None = None
    retriever_key: str | None = None
    selected: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFilter:
    """As AttemptFilter."""

    reason: str | None = None


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

    async def attempts(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: AttemptFilter, paging: Paging
    ) -> Page:
        """StepAttempt records, newest first. Raise ExecutionNotFound as `detail` does."""

    async def retrieval_events(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: RetrievalFilter, paging: Paging
    ) -> Page:
        """RetrievalEvent records, newest first. Raise ExecutionNotFound as `detail` does."""

    async def snapshots(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: SnapshotFilter, paging: Paging
    ) -> Page:
        """ContextSnapshot records, highest sequence first. Raise ExecutionNotFound as `detail` does."""

    async def status(self, execution_id: ExecutionId, owner_id: UserId) -> "ExecutionState":
        """The little that following a run needs. Raise ExecutionNotFound as `detail` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionState:
    status: str
    finished_at: datetime | None
    error_message: str | None
