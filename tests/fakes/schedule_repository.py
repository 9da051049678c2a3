"""Schedules and their ticks over rows in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from application.ports.schedule_repository import DueSchedule
from domain.executions.execution import Execution, TriggerSource
from domain.ids import ExecutionId, ScheduleId, WorkflowId
from domain.schedules.errors import ScheduleNotFound
from domain.schedules.payload import payload_of
from domain.schedules.schedule import OverlapPolicy, Schedule
from domain.schedules.settlement import ON_TIME, Settlement
from domain.schedules.tick import Tick, TickOutcome
from domain.workflows.errors import WorkflowNotFound

if TYPE_CHECKING:
    from tests.fakes.store import Rows

KEPT_TICKS: Final = 50


@dataclass(frozen=True)
class ScheduleRow:
    schedule: Schedule
    held_until: datetime | None = None


class FakeScheduleRepository:
    def __init__(self, rows: "Rows", now: Callable[[], datetime]) -> None:
        self._rows = rows
        self._now = now

    async def of_workflow(self, workflow_id: WorkflowId) -> Sequence[Schedule]:
        its = [each.schedule for each in self._rows.schedules.values() if each.schedule.workflow_id == workflow_id]
        return sorted(its, key=lambda each: each.id)

    async def of_workflow_to_change(self, workflow_id: WorkflowId) -> Sequence[Schedule]:
        return await self.of_workflow(workflow_id)

    async def replace(self, workflow_id: WorkflowId, wanted: Sequence[Schedule]) -> None:
        kept = {each.id for each in wanted}
        for schedule in await self.of_workflow(workflow_id):
            if schedule.id not in kept:
                self._rows.forget_schedule(schedule.id)
        self._rows.schedule_backlog.pop(workflow_id, None)
        if wanted and workflow_id not in self._rows.workflows:
            raise WorkflowNotFound
        self._rows.schedules |= {each.id: ScheduleRow(each) for each in wanted}

    async def underived(self, *, limit: int) -> Sequence[WorkflowId]:
        return [*self._rows.schedule_backlog][:limit]

    async def get(self, schedule_id: ScheduleId, workflow_id: WorkflowId) -> Schedule:
        found = self._rows.schedules.get(schedule_id)
        if found is None or found.schedule.workflow_id != workflow_id:
            raise ScheduleNotFound
        return found.schedule

    async def save(self, schedule: Schedule) -> None:
        if (row := self._rows.schedules.get(schedule.id)) is not None:
            self._rows.schedules[schedule.id] = replace(row, schedule=schedule)

    async def ticks_of(self, workflow_id: WorkflowId, *, limit: int) -> Sequence[tuple[ScheduleId, Tick]]:
        return [
            (schedule.id, tick)
            for schedule in await self.of_workflow(workflow_id)
            for tick in self._told(schedule)[:limit]
        ]

    async def claim_due(self, *, limit: int, grace: timedelta = ON_TIME) -> Sequence[DueSchedule]:
        now = self._now()
        due = sorted(self._all_due(now), key=lambda each: each[0])
        on_time = [each for at, each in due if at > now - grace][:limit]
        late = [each for at, each in due if at <= now - grace][: max(limit // 4, limit - len(on_time))]
        return [self._due(each) for each in (*late, *on_time)]

    def _all_due(self, now: datetime) -> list[tuple[datetime, Schedule]]:
        return [
            (row.schedule.next_fire_at, row.schedule)
            for row in self._rows.schedules.values()
            if row.schedule.next_fire_at is not None
            and row.schedule.next_fire_at <= now
            and (row.held_until is None or row.held_until <= now)
        ]

    async def claim(self, schedule_id: ScheduleId) -> DueSchedule | None:
        row = self._rows.schedules.get(schedule_id)
        if row is None or row.schedule.next_fire_at is None or row.schedule.next_fire_at > self._now():
            return None
        return self._due(row.schedule)

    async def settle(self, settlements: Sequence[Settlement]) -> Sequence[ExecutionId]:
        started: list[ExecutionId] = []
        for settlement in settlements:
            for tick in settlement.ticks:
                known = self._rows.ticks.get((settlement.schedule.id, tick.fire_at))
                if known is None or known.outcome is TickOutcome.FAILED:
                    self._rows.ticks[settlement.schedule.id, tick.fire_at] = tick
                    started += self._started(settlement.schedule, tick)
            row = self._rows.schedules[settlement.schedule.id]
            moved = replace(row.schedule, next_fire_at=settlement.next_fire_at, failures=0)
            self._rows.schedules[moved.id] = ScheduleRow(moved)
            self._forget_old(moved.id)
        return started

    async def hold_back(self, schedule: Schedule, error: str) -> None:
        row = self._rows.schedules.get(schedule.id)
        if row is None or row.schedule.next_fire_at != schedule.next_fire_at or schedule.next_fire_at is None:
            return
        failed = replace(row.schedule, failures=row.schedule.failures + 1)
        held_until = self._now() + schedule.pause_after_failure
        self._rows.schedules[schedule.id] = ScheduleRow(failed, held_until)
        key = (schedule.id, schedule.next_fire_at)
        known = self._rows.ticks.get(key)
        if known is None or known.outcome is TickOutcome.FAILED:
            self._rows.ticks[key] = Tick(
                fire_at=schedule.next_fire_at, outcome=TickOutcome.FAILED, error=error, settled_at=self._now()
            )

    def _due(self, schedule: Schedule) -> DueSchedule:
        tried = None if schedule.next_fire_at is None else self._rows.ticks.get((schedule.id, schedule.next_fire_at))
        error = tried.error if schedule.failures and tried and tried.outcome is TickOutcome.FAILED else None
        return DueSchedule(schedule=schedule, now=self._now(), is_busy=self._is_busy(schedule), error=error)

    def _told(self, schedule: Schedule) -> list[Tick]:
        """With what has become of them since."""
        return [
            replace(
                tick,
                run_is_gone=tick.outcome is TickOutcome.FIRED and tick.execution_id is None,
                is_tried_again=tick.outcome is TickOutcome.FAILED
                and schedule.paused_at is None
                and schedule.next_fire_at == tick.fire_at,
            )
            for tick in self._newest_first(schedule.id)
        ]

    def _started(self, schedule: Schedule, tick: Tick) -> Sequence[ExecutionId]:
        if tick.execution_id is None:
            return []
        workflow = self._rows.workflows[schedule.workflow_id]
        self._rows.executions[tick.execution_id] = Execution.accept(
            workflow, payload_of(tick), id=tick.execution_id, at=tick.settled_at, trigger=TriggerSource.SCHEDULE
        )
        return [tick.execution_id]

    def _is_busy(self, schedule: Schedule) -> bool:
        may_overlap = schedule.plan.on_overlap is OverlapPolicy.ALLOW
        return not may_overlap and any(self._goes_on(tick) for tick in self._newest_first(schedule.id))

    def _goes_on(self, tick: Tick) -> bool:
        execution = None if tick.execution_id is None else self._rows.executions.get(tick.execution_id)
        return execution is not None and not execution.status.is_final

    def _newest_first(self, schedule_id: ScheduleId) -> list[Tick]:
        its = [tick for (of, _), tick in self._rows.ticks.items() if of == schedule_id]
        return sorted(its, key=lambda each: each.fire_at, reverse=True)

    def _forget_old(self, schedule_id: ScheduleId) -> None:
        for tick in self._newest_first(schedule_id)[KEPT_TICKS:]:
            if not self._goes_on(tick):
                del self._rows.ticks[schedule_id, tick.fire_at]
