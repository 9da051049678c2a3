"""Reads shaped for the wire: one round trip each."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec

from adapters.postgres.database import Database
from adapters.postgres.listings import Listing
from adapters.postgres.optional_tables import OptionalTables
from adapters.postgres.telemetry_lists import ATTEMPTS, RETRIEVAL_EVENTS, SNAPSHOTS, TelemetryList
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
from application.ports.read_models import (
    AccessTokenState,
    AccountState,
    AttemptFilter,
    ExecutionState,
    Page,
    Paging,
    Profile,
    RetrievalFilter,
    SnapshotFilter,
    WorkflowRead,
)
from domain.access_tokens.access_token import Scope
from domain.accounts.errors import UserNotFound
from domain.executions.errors import ExecutionNotFound
from domain.ids import ExecutionId, UserId, WorkflowId
from domain.workflows.errors import WorkflowNotFound

SHOWN_ATTEMPTS, SHOWN_EVENTS, SHOWN_SNAPSHOTS = 50, 50, 20

ACCOUNT_STATE: Final = "SELECT token_version FROM users WHERE id = $1"
USED_BY_PROGRAM: Final = """
WITH found AS (SELECT id, user_id, scopes, expires_at FROM access_tokens WHERE digest = $1),
     noted AS (
         UPDATE access_tokens AS a SET last_used_at = $2 FROM found
         WHERE a.id = found.id AND (a.expires_at IS NULL OR a.expires_at > $2)
           AND (a.last_used_at IS NULL OR a.last_used_at <= $2 - interval '1 minute')
     )
SELECT user_id, scopes, expires_at FROM found
"""
PROFILE: Final = "SELECT email, name FROM users WHERE id = $1"

ONE_WORKFLOW: Final = f"SELECT {WORKFLOW} AS record, revision FROM workflows AS w WHERE id = $1 AND user_id = $2"

MY_WORKFLOWS: Final = Listing(
    name="workflows",
    table="workflows",
    alias="w",
    where="w.user_id = $1",
    record=WORKFLOW,
    keys={"updated_at": datetime, "id": UUID},
    parameters=1,
)

RUNS_OF_WORKFLOW: Final = Listing(
    name="runs",
    table="executions",
    alias="e",
    where="e.workflow_id = $1",
    record=EXECUTION,
    keys={"created_at": datetime, "id": UUID},
    parameters=2,
    parent="workflows AS parent WHERE parent.id = $1 AND parent.user_id = $2",
)

ACTIVE_RUNS: Final = Listing(
    name="active",
    table="executions",
    alias="e",
    where="e.user_id = $1 AND e.status IN ('pending', 'running')",
    record=ACTIVE_EXECUTION,
    keys={"created_at": datetime, "id": UUID},
    parameters=1,
    join="JOIN workflows AS w ON w.id = e.workflow_id",
)

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

    async def use_access_token(self, digest: bytes, *, at: datetime) -> AccessTokenState | None:
        row = await self._database.row(USED_BY_PROGRAM, digest, at)
        if row is None:
            return None
        scopes = frozenset(Scope(each) for each in row["scopes"])
        return AccessTokenState(user_id=row["user_id"], scopes=scopes, expires_at=row["expires_at"])


class PostgresWorkflowReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, workflow_id: WorkflowId, owner_id: UserId) -> WorkflowRead:
        row = await self._database.row(ONE_WORKFLOW, workflow_id, owner_id)
        if row is None:
            raise WorkflowNotFound
        return WorkflowRead(record=row["record"], revision=row["revision"])

    async def mine(self, owner_id: UserId, paging: Paging) -> Page:
        statement, values = MY_WORKFLOWS.question(paging, owner_id)
        row = await self._database.row(statement, *values)
        assert row is not None
        return MY_WORKFLOWS.page(row)


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
        statement, values = RUNS_OF_WORKFLOW.question(paging, workflow_id, owner_id)
        row = await self._database.row(statement, *values)
        if row is None:
            raise WorkflowNotFound
        return RUNS_OF_WORKFLOW.page(row)

    async def active(self, owner_id: UserId, paging: Paging) -> Page:
        statement, values = ACTIVE_RUNS.question(paging, owner_id)
        row = await self._database.row(statement, *values)
        assert row is not None
        return ACTIVE_RUNS.page(row)

    async def attempts(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: AttemptFilter, paging: Paging
    ) -> Page:
        return await self._telemetry(ATTEMPTS, execution_id, owner_id, asdict(chosen), paging)

    async def retrieval_events(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: RetrievalFilter, paging: Paging
    ) -> Page:
        return await self._telemetry(RETRIEVAL_EVENTS, execution_id, owner_id, asdict(chosen), paging)

    async def snapshots(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: SnapshotFilter, paging: Paging
    ) -> Page:
        return await self._telemetry(SNAPSHOTS, execution_id, owner_id, asdict(chosen), paging)

    async def _telemetry(
        self,
        kind: TelemetryList,
        execution_id: ExecutionId,
        owner_id: UserId,
        chosen: Mapping[str, Any],
        paging: Paging,
    ) -> Page:
        wanted = {column: value for column, value in chosen.items() if value is not None}
        listing = kind.narrowed(tuple(wanted), is_there=True)
        nothing = kind.narrowed(tuple(wanted), is_there=False)
        _, values = listing.question(paging, execution_id, owner_id, *wanted.values())

        def statement(missing: frozenset[str]) -> str:
            return (nothing if kind.table in missing else listing).question(paging, execution_id, owner_id)[0]

        row = await self._optional.tolerating(lambda sql: self._database.row(sql, *values), statement)
        if row is None:
            raise ExecutionNotFound
        return listing.page(row)

    async def status(self, execution_id: ExecutionId, owner_id: UserId) -> ExecutionState:
        row = await self._database.row(RUN_STATE, execution_id, owner_id)
        if row is None:
            raise ExecutionNotFound
        return ExecutionState(status=row["status"], finished_at=row["finished_at"], error_message=row["error_message"])
