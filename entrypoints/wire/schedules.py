"""Schedules on the wire."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from application.schedules.show_schedules import ScheduleView
from domain.schedules.schedule import MissedPolicy, OverlapPolicy, ScheduleState
from domain.schedules.specification import Cron, Interval
from domain.schedules.tick import Tick, TickOutcome
from domain.values.timestamps import timestamp


class TickRecord(Struct, rename="camel", kw_only=True):
    """What became of a time to fire, or, with `until`, of all from `fireAt` up to then. `executionId` is the run that
    it started; without one, `reason` says why there is none, or none any more."""

    fire_at: str
    until: str | None
    outcome: TickOutcome
    reason: str
    execution_id: UUID | None
    settled_at: str

    @classmethod
    def of(cls, tick: Tick) -> "TickRecord":
        return cls(
            fire_at=timestamp(tick.fire_at),
            until=_moment(tick.until),
            outcome=tick.outcome,
            reason=tick.reason,
            execution_id=tick.execution_id,
            settled_at=timestamp(tick.settled_at),
        )


class ScheduleRecord(Struct, rename="camel", kw_only=True):
    """Either `cron` with a `timezone`, or `intervalMs`; of a `draft`, what its trigger said when it could last be
    read. `upcoming` are the next ten times at which it would fire, `ticks` the last 20, the newest first."""

    id: UUID
    node_id: str
    cron: str | None
    timezone: str | None
    interval_ms: int | None
    on_missed: MissedPolicy
    on_overlap: OverlapPolicy
    state: ScheduleState
    next_fire_at: str | None
    paused_at: str | None
    upcoming: list[str]
    ticks: list[TickRecord]

    @classmethod
    def of(cls, view: ScheduleView) -> "ScheduleRecord":
        schedule, plan = view.schedule, view.schedule.plan
        cron = plan.specification if isinstance(plan.specification, Cron) else None
        interval = plan.specification if isinstance(plan.specification, Interval) else None
        return cls(
            id=schedule.id,
            node_id=plan.node_id,
            cron=cron.expression if cron else None,
            timezone=cron.timezone if cron else None,
            interval_ms=interval.milliseconds if interval else None,
            on_missed=plan.on_missed,
            on_overlap=plan.on_overlap,
            state=view.state,
            next_fire_at=_moment(schedule.next_fire_at),
            paused_at=_moment(schedule.paused_at),
            upcoming=[timestamp(each) for each in view.upcoming],
            ticks=[TickRecord.of(each) for each in view.ticks],
        )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)
