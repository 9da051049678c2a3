"""When a workflow will run by itself, what became of its last ticks, and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork, UnitOfWork
from application.schedules.read_triggers import read_plans, trigger_faults
from application.schedules.timetables import Timetables
from domain.errors import Fault
from domain.ids import ScheduleId, UserId, WorkflowId
from domain.schedules.schedule import Schedule, ScheduleState
from domain.schedules.tick import Tick
from domain.workflows.workflow import Workflow, WorkflowStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """`upcoming` follows from the specification; what is not `active` would fire then. What is a draft has none, and
    the specification that could be read last. `ticks` are the newest first."""

    schedule: Schedule
    state: ScheduleState
    upcoming: Sequence[datetime]
    ticks: Sequence[Tick]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowSchedules:
    """In the order in which their triggers were drawn first; `warnings` say why other triggers have none."""

    schedules: Sequence[ScheduleView]
    warnings: Sequence[Fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSchedules:
    """Raise WorkflowNotFound."""

    begin: BeginWork
    timetables: Timetables
    clock: Clock
    upcoming: int = 10
    ticks: int = 20

    async def __call__(self, *, workflow_id: WorkflowId, actor_id: UserId) -> WorkflowSchedules:
        async with self.begin() as work:
            workflow = await work.workflows.get(workflow_id, actor_id)
            schedules = await self.of(work, workflow)
        warnings = [*trigger_faults(workflow.graph, self.timetables.calendar)]
        return WorkflowSchedules(schedules=schedules, warnings=warnings)

    async def of(
        self, work: UnitOfWork, workflow: Workflow, *, only: ScheduleId | None = None
    ) -> Sequence[ScheduleView]:
        """For others who have just changed some of it."""
        ticks: dict[ScheduleId, list[Tick]] = defaultdict(list)
        for schedule_id, tick in await work.schedules.ticks_of(workflow.id, limit=self.ticks):
            ticks[schedule_id].append(tick)
        schedules = await work.schedules.of_workflow(workflow.id)
        planned = {plan.node_id for plan in read_plans(workflow.graph, self.timetables.calendar)}
        return [
            self._view(workflow, each, ticks[each.id], is_draft=each.plan.node_id not in planned)
            for each in schedules
            if only in (None, each.id)
        ]

    def _view(self, workflow: Workflow, schedule: Schedule, ticks: Sequence[Tick], *, is_draft: bool) -> ScheduleView:
        upcoming = () if is_draft else self.timetables.upcoming(schedule, self.clock.now(), count=self.upcoming)
        is_active = workflow.status is WorkflowStatus.ACTIVE
        return ScheduleView(
            schedule=schedule,
            state=schedule.state(workflow_is_active=is_active, is_draft=is_draft),
            upcoming=[*upcoming],
            ticks=ticks,
        )
