"""What workers read and write about runs: one statement each, on the pool, fenced by the claim's epoch."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

import asyncpg

from adapters.postgres.database import Database
from adapters.postgres.documents import decoded, encoded, graph_from
from adapters.postgres.journal_statements import (
    ABANDON_LEASES,
    ATTEMPT_COLUMNS,
    CLAIM,
    HAND_BACK,
    RENEW,
    RETRIEVAL_COLUMNS,
    SNAPSHOT_COLUMNS,
    STEP_COLUMNS,
    SUPERSEDED_COLUMNS,
    WAITING,
    finish_statement,
    recall_statement,
    record_statement,
    rewind_statement,
)
from adapters.postgres.memory_statements import MEMORY_COLUMNS, memory_rows
from adapters.postgres.optional_tables import OptionalTables, Statement
from adapters.postgres.record_rows import attempt_rows, retrieval_rows, snapshot_row, step_row, superseded_row
from adapters.postgres.texts import storable
from application.ports.run_journal import Claim, Ending, Recollection
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.context import Context, context_as_json, context_from_json
from domain.executions.errors import LeaseLost
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step, StepStatus
from domain.ids import EdgeId, ExecutionId, NodeId, UserId, WorkflowId


class PostgresRunJournal:
    """Where a table of mere telemetry is missing, its rows are not kept and `warn` says so once; runs go on."""

    def __init__(self, database: Database, warn: Callable[[str], None]) -> None:
        self._database = database
        self._optional = OptionalTables(warn)

    async def claim(
        self, worker: str, *, lease: timedelta, max_claims: int, passing_over: Collection[UserId] = ()
    ) -> Claim | None:
        row = await self._database.row(CLAIM, worker, lease, max_claims, list(passing_over))
        return None if row is None else _claim_from(row)

    async def recall(self, claim: Claim) -> Recollection:
        rows = await self._optional.tolerating(
            lambda sql: self._database.rows(sql, claim.execution_id), recall_statement
        )
        checkpoint = rows[0]["checkpoint"] if rows else None
        if checkpoint is None:
            return Recollection()
        known = [row for row in rows if row["sequence"] is not None]
        return Recollection(
            steps=[_step_from(row) for row in known if not row["is_superseded"]],
            superseded=[_step_from(row) for row in known if row["is_superseded"]],
            context=context_from_json(decoded(checkpoint)),
        )

    async def record(self, claim: Claim, step: Step, *, checkpoint: Context, snapshots: Sequence[Snapshot]) -> None:
        await self._write(
            record_statement,
            claim,
            encoded(context_as_json(checkpoint)),
            *_arrays(STEP_COLUMNS, [step_row(claim.execution_id, step)]),
            *_arrays(ATTEMPT_COLUMNS, attempt_rows(claim.execution_id, step)),
            *_arrays(RETRIEVAL_COLUMNS, retrieval_rows(claim.execution_id, step)),
            *_arrays(SNAPSHOT_COLUMNS, [snapshot_row(claim.execution_id, each) for each in snapshots]),
            *_arrays(MEMORY_COLUMNS, memory_rows(step.durable)),
        )

    async def rewind(
        self, claim: Claim, superseded: Sequence[Step], *, checkpoint: Context, snapshots: Sequence[Snapshot]
    ) -> None:
        run = claim.execution_id
        await self._write(
            rewind_statement,
            claim,
            encoded(context_as_json(checkpoint)),
            [step.node_id for step in superseded],
            *_arrays(SUPERSEDED_COLUMNS, [superseded_row(run, step) for step in superseded]),
            *_arrays(ATTEMPT_COLUMNS, [row for step in superseded for row in attempt_rows(run, step)]),
            *_arrays(RETRIEVAL_COLUMNS, [row for step in superseded for row in retrieval_rows(run, step)]),
            *_arrays(SNAPSHOT_COLUMNS, [snapshot_row(run, each) for each in snapshots]),
        )

    async def finish(
        self, claim: Claim, ending: Ending, *, skipped: Sequence[Step], snapshots: Sequence[Snapshot]
    ) -> None:
        await self._write(
            finish_statement,
            claim,
            ending.status.value,
            storable(ending.error),
            ending.at,
            *_arrays(STEP_COLUMNS, [step_row(claim.execution_id, each) for each in skipped]),
            *_arrays(SNAPSHOT_COLUMNS, [snapshot_row(claim.execution_id, each) for each in snapshots]),
        )

    async def renew(self, claims: Collection[Claim], *, lease: timedelta) -> set[ExecutionId]:
        rows = await self._database.rows(RENEW, *_fences(claims), lease)
        return {ExecutionId(row["id"]) for row in rows}

    async def hand_back(self, claims: Collection[Claim]) -> None:
        await self._database.rows(HAND_BACK, *_fences(claims))

    async def waiting(self, *, limit: int) -> Sequence[ExecutionId]:
        return [ExecutionId(row["id"]) for row in await self._database.rows(WAITING, limit)]

    async def abandon_leases(self) -> int:
        return len(await self._database.rows(ABANDON_LEASES))

    async def _write(self, statement: Statement, claim: Claim, *values: object) -> None:
        """Raise LeaseLost when the fence did not hold."""
        fence = (claim.execution_id, claim.epoch)
        held = await self._optional.tolerating(lambda sql: self._database.row(sql, *fence, *values), statement)
        if held is None:
            raise LeaseLost


def _arrays(columns: Iterable[str], rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """The rows turned on their side: one array per column, however many rows there are."""
    return [[row[column] for row in rows] for column in columns]


def _fences(claims: Collection[Claim]) -> tuple[list[object], list[int]]:
    return [claim.execution_id for claim in claims], [claim.epoch for claim in claims]


def _claim_from(row: asyncpg.Record) -> Claim:
    return Claim(
        execution_id=ExecutionId(row["id"]),
        workflow_id=WorkflowId(row["workflow_id"]),
        owner_id=UserId(row["user_id"]),
        epoch=row["epoch"],
        graph=graph_from(row["nodes"], row["edges"]),
        payload=decoded(row["trigger_payload"]),
        started_at=row["started_at"],
        is_resumed=row["epoch"] > 1,
    )


def _step_from(row: asyncpg.Record) -> Step:
    return Step(
        sequence=row["sequence"],
        round=row["round"],
        node_id=NodeId(row["node_id"]),
        node_type=row["node_type"],
        status=StepStatus(row["status"]),
        input=decoded(row["input"]),
        output=None if row["output"] is None else decoded(row["output"]),
        duration_ms=row["duration_ms"],
        error=row["error"],
        taken_edges=tuple(EdgeId(each) for each in decoded(row["taken_edges"])),
        produced_keys=None if row["produced_keys"] is None else tuple(decoded(row["produced_keys"])),
        attempts=tuple(_attempt_from(each) for each in decoded(row["attempts"])),
        created_at=row["created_at"],
    )


def _attempt_from(attempt: dict[str, Any]) -> Attempt:
    return Attempt(
        number=attempt["attempt"],
        status=AttemptStatus(attempt["status"]),
        duration_ms=attempt["duration_ms"],
        reason=attempt["reason"],
    )
