"""Reads shaped for the wire: one round trip each."""

from typing import Final

import msgspec

from adapters.postgres.database import Database
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
from application.ports.read_models import AccountState, ExecutionState, Page, Paging
from domain.executions.errors import ExecutionNotFound
from domain.ids import ExecutionId, UserId, WorkflowId
from domain.workflows.errors import WorkflowNotFound

SHOWN_ATTEMPTS, SHOWN_EVENTS, SHOWN_SNAPSHOTS = 50, 50, 20

ACCOUNT_STATE: Final = "SELECT token_version FROM users WHERE id = $1"

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


def _newest(table: str, alias: str, record: str, order: str, limit: int) -> str:
    newest = f"(SELECT * FROM {table} WHERE execution_id = $1 ORDER BY {order} LIMIT {limit}) AS {alias}"
    return json_array(newest, record, ", ".join(f"{alias}.{each}" for each in order.split(", ")))


def _shown(table: str, limit: int) -> str:
    return f"""(
        SELECT json_build_object('total', total, 'page', 1, 'limit', {limit},
                                 'totalPages', greatest(1, ceil(total / {limit}.0)::int), 'truncated', total > {limit})
        FROM (SELECT count(*) AS total FROM {table} WHERE execution_id = $1) AS counted
    )"""


_DETAIL_RECORD: Final = json_object(
    {
        **EXECUTION_COLUMNS,
        "steps": json_array("execution_steps AS s WHERE s.execution_id = $1", STEP, "s.sequence"),
        "stepAttempts": _newest("execution_step_attempts", "a", ATTEMPT, "sequence DESC, attempt DESC", SHOWN_ATTEMPTS),
        "retrievalEvents": _newest("execution_retrieval_events", "r", RETRIEVAL_EVENT, "sequence DESC", SHOWN_EVENTS),
        "contextSnapshots": _newest("execution_context_snapshots", "c", SNAPSHOT, "sequence DESC", SHOWN_SNAPSHOTS),
        "stepAttemptsMeta": _shown("execution_step_attempts", SHOWN_ATTEMPTS),
        "retrievalEventsMeta": _shown("execution_retrieval_events", SHOWN_EVENTS),
        "contextSnapshotsMeta": _shown("execution_context_snapshots", SHOWN_SNAPSHOTS),
    }
)
RUN_DETAIL: Final = f"SELECT {_DETAIL_RECORD} AS record FROM executions AS e WHERE id = $1 AND user_id = $2"


class PostgresAccountReads:
    def __init__(self, database: Database) -> None:
        self._database = database

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
    def __init__(self, database: Database) -> None:
        self._database = database

    async def detail(self, execution_id: ExecutionId, owner_id: UserId) -> msgspec.Raw:
        row = await self._database.row(RUN_DETAIL, execution_id, owner_id)
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
