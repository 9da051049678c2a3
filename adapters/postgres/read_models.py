"""Reads shaped for the wire: one round trip each."""

from collections.abc import Callable
from functools import cache
from typing import Final

import msgspec

from adapters.postgres.database import Database
from adapters.postgres.optional_tables import OptionalTables
from adapters.postgres.wire_json import (
    ACTIVE_EXECUTION,
    ATTEMPT,
    EXECUTION,
    EXECUTION_COLUMNS,
    RETRIEVAL_EVENT,
    SNAPSHOT,
    STEP,
    WORKFLOW,
    json_array,
    json_object,
)
from application.ports.read_models import AccountState, ExecutionState, Page, Paging, Profile
from domain.accounts.errors import UserNotFound
from domain.executions.errors import ExecutionNotFound
from domain.ids import ExecutionId, UserId, WorkflowId
from domain.workflows.errors import WorkflowNotFound

SHOWN_ATTEMPTS, SHOWN_EVENTS, SHOWN_SNAPSHOTS = 50, 50, 20

ACCOUNT_STATE: Final = "SELECT token_version FROM users WHERE id = $1"
PROFILE: Final = "SELECT email, name FROM users WHERE id = $1"

ONE_WORKFLOW: Final = f"SELECT {WORKFLOW} AS record FROM workflows AS w WHERE id = $1 AND user_id = $2"

MY_WORKFLOWS: Final = f"""
SELECT (SELECT count(*) FROM workflows WHERE user_id = $1) AS total,
       {
    json_array(
        "(SELECT * FROM workflows WHERE user_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2 OFFSET $3) AS w",
        WORKFLOW,
        "w.updated_at DESC, w.id DESC",
    )
} AS items
"""

RUNS_OF_WORKFLOW: Final = f"""
SELECT (SELECT count(*) FROM executions WHERE workflow_id = w.id) AS total,
       {
    json_array(
        "(SELECT * FROM executions WHERE workflow_id = w.id ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4) AS e",
        EXECUTION,
        "e.created_at DESC, e.id DESC",
    )
} AS items
FROM workflows AS w WHERE w.id = $1 AND w.user_id = $2
"""

_ACTIVE: Final = "FROM executions WHERE user_id = $1 AND status IN ('pending', 'running')"

ACTIVE_RUNS: Final = f"""
SELECT (SELECT count(*) {_ACTIVE}) AS total,
       {
    json_array(
        f"(SELECT * {_ACTIVE} ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3) AS e"
        " JOIN workflows AS w ON w.id = e.workflow_id",
        ACTIVE_EXECUTION,
        "e.created_at DESC, e.id DESC",
    )
} AS items
"""

RUN_STATE: Final = "SELECT status, finished_at, error_message FROM executions WHERE id = $1 AND user_id = $2"


def _newest(table: str, record: str, order: str, limit: int) -> str:
    """The last so many records of a run; `record` and `order` call them by the first letter of what they are."""
    alias = order[0]
    newest = f"(SELECT * FROM {table} AS {alias} WHERE execution_id = $1 ORDER BY {order} LIMIT {limit}) AS {alias}"
    return json_array(newest, record, order)


def _shown(counted: str, limit: int) -> str:
    return f"""(
        SELECT json_build_object('total', total, 'page', 1, 'limit', {limit},
                                 'totalPages', greatest(1, ceil(total / {limit}.0)::int), 'truncated', total > {limit})
        FROM ({counted}) AS counted
    )"""


@cache
def run_detail(without: frozenset[str]) -> str:
    """The whole record of a run; tables that are not there show as empty."""
    attempts, events, snapshots = (
        _telemetry(table, record, order, limit, is_there=table not in without)
        for table, record, order, limit in (
            ("execution_step_attempts", ATTEMPT, "a.sequence DESC, a.attempt DESC", SHOWN_ATTEMPTS),
            ("execution_retrieval_events", RETRIEVAL_EVENT, "r.sequence DESC", SHOWN_EVENTS),
            ("execution_context_snapshots", SNAPSHOT, "c.sequence DESC", SHOWN_SNAPSHOTS),
        )
    )
    record = json_object(
        {
            **EXECUTION_COLUMNS,
            "steps": json_array("execution_steps AS s WHERE s.execution_id = $1", STEP, "s.sequence"),
            "stepAttempts": attempts[0],
            "retrievalEvents": events[0],
            "contextSnapshots": snapshots[0],
            "stepAttemptsMeta": attempts[1],
            "retrievalEventsMeta": events[1],
            "contextSnapshotsMeta": snapshots[1],
        }
    )
    return f"SELECT {record} AS record FROM executions AS e WHERE id = $1 AND user_id = $2"


def _telemetry(table: str, record: str, order: str, limit: int, *, is_there: bool) -> tuple[str, str]:
    """The newest records, and how many there are in all."""
    if not is_there:
        return "'[]'::json", _shown("SELECT 0 AS total", limit)
    counted = f"SELECT count(*) AS total FROM {table} WHERE execution_id = $1"
    return _newest(table, record, order, limit), _shown(counted, limit)


class PostgresAccountReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def profile(self, user_id: UserId) -> Profile:
        row = await self._database.row(PROFILE, user_id)
        if row is None:
            raise UserNotFound
        return Profile(id=user_id, email=row["email"], name=row["name"])

    async def state(self, user_id: UserId) -> AccountState | None:
        row = await self._database.row(ACCOUNT_STATE, user_id)
        return None if row is None else AccountState(user_id=user_id, token_version=row["token_version"])


class PostgresWorkflowReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, workflow_id: WorkflowId, owner_id: UserId) -> msgspec.Raw:
        row = await self._database.row(ONE_WORKFLOW, workflow_id, owner_id)
        if row is None:
            raise WorkflowNotFound
        record: msgspec.Raw = row["record"]
        return record

    async def mine(self, owner_id: UserId, paging: Paging) -> Page:
        row = await self._database.row(MY_WORKFLOWS, owner_id, paging.limit, offset_of(paging))
        assert row is not None
        return Page(items=row["items"], total=row["total"])


class PostgresExecutionReads:
    def __init__(self, database: Database, warn: Callable[[str], None]) -> None:
        self._database = database
        self._optional = OptionalTables(warn)

    async def detail(self, execution_id: ExecutionId, owner_id: UserId) -> msgspec.Raw:
        row = await self._optional.tolerating(lambda sql: self._database.row(sql, execution_id, owner_id), run_detail)
        if row is None:
            raise ExecutionNotFound
        record: msgspec.Raw = row["record"]
        return record

    async def of_workflow(self, workflow_id: WorkflowId, owner_id: UserId, paging: Paging) -> Page:
        row = await self._database.row(RUNS_OF_WORKFLOW, workflow_id, owner_id, paging.limit, offset_of(paging))
        if row is None:
            raise WorkflowNotFound
        return Page(items=row["items"], total=row["total"])

    async def active(self, owner_id: UserId, paging: Paging) -> Page:
        row = await self._database.row(ACTIVE_RUNS, owner_id, paging.limit, offset_of(paging))
        assert row is not None
        return Page(items=row["items"], total=row["total"])

    async def status(self, execution_id: ExecutionId, owner_id: UserId) -> ExecutionState:
        row = await self._database.row(RUN_STATE, execution_id, owner_id)
        if row is None:
            raise ExecutionNotFound
        return ExecutionState(status=row["status"], finished_at=row["finished_at"], error_message=row["error_message"])


def offset_of(paging: Paging) -> int:
    """Beyond the last row that PostgreSQL can count there is nothing anyway."""
    return min(paging.offset, 2**63 - 1)
