"""Schedules in rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import translated_refusals
from adapters.postgres.documents import encoded
from adapters.postgres.schedule_statements import CLAIM, CLAIM_DUE, HOLD_BACK, SETTLE, TICKS_OF, UNDERIVED
from adapters.postgres.tables.schedules import schedule_backlog, schedules
from adapters.postgres.texts import storable
from application.ports.schedule_repository import DueSchedule
from domain.ids import ExecutionId, NodeId, ScheduleId, WorkflowId
from domain.schedules.errors import ScheduleNotFound
from domain.schedules.payload import payload_of
from domain.schedules.schedule import MissedPolicy, OverlapPolicy, Plan, Schedule
from domain.schedules.settlement import ON_TIME, Settlement
from domain.schedules.specification import Cron, Interval, Specification
from domain.schedules.tick import Tick, TickOutcome

_MILLISECOND: Final = timedelta(milliseconds=1)
_LONGEST_ERROR: Final = 1000


class PostgresScheduleRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_workflow(self, workflow_id: WorkflowId) -> Sequence[Schedule]:
        its = select(schedules).where(schedules.c.workflow_id == workflow_id).order_by(schedules.c.id)
        return [_from_row(row) for row in await self._connection.execute(its)]

    async def of_workflow_to_change(self, workflow_id: WorkflowId) -> Sequence[Schedule]:
        its = select(schedules).where(schedules.c.workflow_id == workflow_id).order_by(schedules.c.id)
        return [_from_row(row) for row in await self._connection.execute(its.with_for_update())]

    async def replace(self, workflow_id: WorkflowId, wanted: Sequence[Schedule]) -> None:
        kept = [each.id for each in wanted]
        gone = delete(schedules).where(schedules.c.workflow_id == workflow_id, schedules.c.id.not_in(kept))
        await self._connection.execute(gone)
        derived = delete(schedule_backlog).where(schedule_backlog.c.workflow_id == workflow_id)
        await self._connection.execute(derived)
        if not wanted:
            return
        adding = upsert(schedules).values([_as_row(each) for each in wanted])
        changed = {name: adding.excluded[name] for name in _as_row(wanted[0]) if name != "id"}
        with translated_refusals():
            await self._connection.execute(
                adding.on_conflict_do_update(index_elements=["id"], set_={**changed, "held_until": None})
            )

    async def underived(self, *, limit: int) -> Sequence[WorkflowId]:
        found = await self._connection.execute(UNDERIVED, {"limit": limit})
        return [WorkflowId(each) for each in found.scalars()]

    async def get(self, schedule_id: ScheduleId, workflow_id: WorkflowId) -> Schedule:
        its = select(schedules).where(schedules.c.id == schedule_id, schedules.c.workflow_id == workflow_id)
        if (row := (await self._connection.execute(its.with_for_update())).one_or_none()) is None:
            raise ScheduleNotFound
        return _from_row(row)

    async def save(self, schedule: Schedule) -> None:
        its = update(schedules).where(schedules.c.id == schedule.id)
        await self._connection.execute(its.values(**_as_row(schedule)))

    async def ticks_of(self, workflow_id: WorkflowId, *, limit: int) -> Sequence[tuple[ScheduleId, Tick]]:
        found = await self._connection.execute(TICKS_OF, {"workflow_id": workflow_id, "limit": limit})
        return [(ScheduleId(row.schedule_id), _tick_from(row)) for row in found]

    async def claim_due(self, *, limit: int, grace: timedelta = ON_TIME) -> Sequence[DueSchedule]:
        found = await self._connection.execute(CLAIM_DUE, {"limit": limit, "grace": grace})
        return [_due_from(row) for row in found]

    async def claim(self, schedule_id: ScheduleId) -> DueSchedule | None:
        found = (await self._connection.execute(CLAIM, {"id": schedule_id})).one_or_none()
        return None if found is None else _due_from(found)

    async def settle(self, settlements: Sequence[Settlement]) -> Sequence[ExecutionId]:
        ticks = [(each.schedule.id, tick) for each in settlements for tick in each.ticks]
        columns = {
            "schedule_ids": [schedule_id for schedule_id, _ in ticks],
            "fire_ats": [tick.fire_at for _, tick in ticks],
            "untils": [tick.until for _, tick in ticks],
            "outcomes": [tick.outcome.value for _, tick in ticks],
            "execution_ids": [tick.execution_id for _, tick in ticks],
            "payloads": [encoded(payload_of(tick)) for _, tick in ticks],
            "errors": [tick.error for _, tick in ticks],
            "settled_ats": [tick.settled_at for _, tick in ticks],
            "moved_ids": [each.schedule.id for each in settlements],
            "next_fire_ats": [each.next_fire_at for each in settlements],
        }
        started = await self._connection.execute(SETTLE, columns)
        return [ExecutionId(each) for each in started.scalars()]

    async def hold_back(self, schedule: Schedule, error: str) -> None:
        held = {
            "id": schedule.id,
            "next_fire_at": schedule.next_fire_at,
            "pause": schedule.pause_after_failure,
            "error": (storable(error) or "")[:_LONGEST_ERROR],
        }
        await self._connection.execute(HOLD_BACK, held)


def _moment(moment: datetime) -> datetime:
    """Cut to milliseconds, like every moment of ours."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _as_row(schedule: Schedule) -> dict[str, object]:
    plan, specification = schedule.plan, schedule.plan.specification
    cron = specification if isinstance(specification, Cron) else None
    interval = specification if isinstance(specification, Interval) else None
    return {
        "id": schedule.id,
        "workflow_id": schedule.workflow_id,
        "node_id": plan.node_id,
        "cron": cron.expression if cron else None,
        "timezone": cron.timezone if cron else None,
        "interval_ms": interval.milliseconds if interval else None,
        "on_missed": plan.on_missed.value,
        "on_overlap": plan.on_overlap.value,
        "since": schedule.since,
        "next_fire_at": schedule.next_fire_at,
        "paused_at": schedule.paused_at,
        "failures": schedule.failures,
    }


def _from_row(row: Row[Any]) -> Schedule:
    plan = Plan(
        node_id=NodeId(row.node_id),
        specification=_specification_from(row),
        on_missed=MissedPolicy(row.on_missed),
        on_overlap=OverlapPolicy(row.on_overlap),
    )
    return Schedule(
        id=ScheduleId(row.id),
        workflow_id=WorkflowId(row.workflow_id),
        plan=plan,
        since=row.since,
        next_fire_at=row.next_fire_at,
        paused_at=row.paused_at,
        failures=row.failures,
    )


def _specification_from(row: Row[Any]) -> Specification:
    if row.interval_ms is not None:
        return Interval(period=row.interval_ms * _MILLISECOND)
    return Cron(expression=row.cron, timezone=row.timezone)


def _due_from(row: Row[Any]) -> DueSchedule:
    return DueSchedule(schedule=_from_row(row), now=_moment(row.now), is_busy=row.is_busy, error=row.error)


def _tick_from(row: Row[Any]) -> Tick:
    return Tick(
        fire_at=row.fire_at,
        until=row.until,
        outcome=TickOutcome(row.outcome),
        execution_id=None if row.execution_id is None else ExecutionId(row.execution_id),
        error=row.error,
        settled_at=_moment(row.settled_at),
        run_is_gone=row.run_is_gone,
        is_tried_again=row.is_tried_again,
    )
