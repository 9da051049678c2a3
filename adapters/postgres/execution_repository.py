"""Runs in rows, as far as people start and stop them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import translated_refusals
from adapters.postgres.documents import decoded, edges_document, encoded, graph_from, nodes_document
from adapters.postgres.record_rows import snapshot_row, step_row
from adapters.postgres.tables.executions import execution_context_snapshots, execution_steps, executions
from adapters.postgres.tables.schedules import schedule_ticks
from domain.executions.errors import ExecutionNotFound, TransitionRefused
from domain.executions.execution import Execution, ExecutionStatus, Lease, TriggerSource
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, NodeId, UserId, WorkflowId

_UNFINISHED = executions.c.status.in_(["pending", "running"])


class PostgresExecutionRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, execution: Execution) -> None:
        with translated_refusals():
            await self._connection.execute(insert(executions), _as_row(execution))

    async def get(self, execution_id: ExecutionId, owner_id: UserId) -> Execution:
        found = await self._locked(executions.c.id == execution_id, executions.c.user_id == owner_id)
        if not found:
            raise ExecutionNotFound
        return found[0]

    async def unfinished_of(self, workflow_id: WorkflowId) -> Sequence[Execution]:
        return await self._locked(executions.c.workflow_id == workflow_id, _UNFINISHED)

    async def claimed_too_often(self, max_claims: int, limit: int) -> Sequence[Execution]:
        lost = select(executions).where(
            executions.c.status == "running",
            func.coalesce(executions.c.lease_expires_at, func.now()) <= func.now(),
            executions.c.claims >= max_claims,
        )
        oldest = lost.order_by(executions.c.created_at, executions.c.id).limit(limit)
        found = await self._connection.execute(oldest.with_for_update(skip_locked=True))
        return [_from_row(row) for row in found]

    async def recorded_nodes(self, execution_id: ExecutionId) -> Sequence[NodeId]:
        steps = execution_steps.c
        found = await self._connection.execute(
            select(steps.node_id).where(steps.execution_id == execution_id).order_by(steps.sequence)
        )
        return [NodeId(node_id) for node_id in found.scalars()]

    async def end(self, execution: Execution, *, skipped: Sequence[Step], snapshots: Sequence[Snapshot]) -> None:
        done = await self._connection.execute(
            update(executions)
            .where(executions.c.id == execution.id, _UNFINISHED)
            .values(
                status=execution.status.value,
                error_message=execution.error_message,
                finished_at=execution.finished_at,
                updated_at=execution.finished_at,
                lease_owner=None,
                lease_expires_at=None,
                checkpoint=None,
            )
        )
        if done.rowcount == 0:
            raise TransitionRefused("A run that is over stays as it is")
        if skipped:
            await self._connection.execute(insert(execution_steps), [step_row(execution.id, each) for each in skipped])
        if snapshots:
            rows = [snapshot_row(execution.id, each) for each in snapshots]
            await self._connection.execute(insert(execution_context_snapshots), rows)

    async def remove(self, execution_id: ExecutionId) -> None:
        its_tick = schedule_ticks.c.execution_id == execution_id
        await self._connection.execute(update(schedule_ticks).where(its_tick).values(execution_id=None))
        await self._connection.execute(delete(executions).where(executions.c.id == execution_id))

    async def _locked(self, *conditions: ColumnElement[bool]) -> list[Execution]:
        found = await self._connection.execute(
            select(executions).where(*conditions).order_by(executions.c.id).with_for_update()
        )
        return [_from_row(row) for row in found]


def _as_row(execution: Execution) -> dict[str, object]:
    return {
        "id": execution.id,
        "workflow_id": execution.workflow_id,
        "user_id": execution.owner_id,
        "workflow_version": execution.workflow_version,
        "trigger_source": execution.trigger.value,
        "trigger_payload": encoded(execution.payload),
        "nodes": nodes_document(execution.graph.nodes),
        "edges": edges_document(execution.graph.edges),
        "status": execution.status.value,
        "epoch": execution.epoch,
        "claims": execution.claims,
        "lease_owner": execution.lease.worker if execution.lease else None,
        "lease_expires_at": execution.lease.expires_at if execution.lease else None,
        "error_message": execution.error_message,
        "started_at": execution.started_at,
        "finished_at": execution.finished_at,
        "created_at": execution.created_at,
        "updated_at": execution.created_at,
    }


def _from_row(row: Row[Any]) -> Execution:
    return Execution(
        id=ExecutionId(row.id),
        workflow_id=WorkflowId(row.workflow_id),
        owner_id=UserId(row.user_id),
        workflow_version=row.workflow_version,
        graph=graph_from(row.nodes, row.edges),
        trigger=TriggerSource(row.trigger_source),
        payload=decoded(row.trigger_payload),
        status=ExecutionStatus(row.status),
        epoch=row.epoch,
        claims=row.claims,
        lease=_lease(row),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error_message=row.error_message,
    )


def _lease(row: Row[Any]) -> Lease | None:
    if row.lease_owner is None:
        return None
    return Lease(worker=row.lease_owner, expires_at=row.lease_expires_at)
