"""When a workflow will run by itself, what became of its last ticks, and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork, UnitOfWork
from application.schedules.read_triggers import trigger_faults
from application.schedules.timetables import Timetables
from domain.errors import Fault
from domain.ids import ScheduleId, UserId, WorkflowId
from domain.schedules.schedule import Schedule, ScheduleState
from domain.schedules.tick import Tick
from domain.workflows.workflow import Workflow, WorkflowStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """`upcoming` follows from the specification; what is not `active` would fire then. `ticks` are the newest first."""

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
        is_active = workflow.status is WorkflowStatus.ACTIVE
        return [
            ScheduleView(
                schedule=each,
                state=each.state(workflow_is_active=is_active),
                upcoming=[*self.timetables.upcoming(each, self.clock.now(), count=self.upcoming)],
                ticks=ticks[each.id],
            )
            for each in schedules
            if only in (None, each.id)
        ]
