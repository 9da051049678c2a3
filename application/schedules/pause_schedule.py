"""Let a schedule tick without starting runs."""

from contextlib import suppress
from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork
from application.schedules.settle_overdue import SettleOverdue
from application.schedules.show_schedules import ScheduleView, ShowSchedules
from domain.ids import ScheduleId, UserId, WorkflowId
from domain.schedules.errors import TimeZoneUnknownHere


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSchedule:
    """Until it is resumed, whatever is saved meanwhile. One that is paused stays so.

    What was due before is settled first. Raise WorkflowNotFound or ScheduleNotFound.
    """

    begin: BeginWork
    clock: Clock
    settle_overdue: SettleOverdue
    show: ShowSchedules

    async def __call__(self, *, workflow_id: WorkflowId, schedule_id: ScheduleId, actor_id: UserId) -> ScheduleView:
        async with self.begin() as work:
            workflow = await work.workflows.get_to_change(workflow_id, actor_id)
            await work.schedules.get(schedule_id, workflow_id)
            at = self.clock.now()
            with suppress(TimeZoneUnknownHere):
                await self.settle_overdue(work, schedule_id)
            schedule = await work.schedules.get(schedule_id, workflow_id)
            await work.schedules.save(schedule.paused(at=at))
            (view,) = await self.show.of(work, workflow, only=schedule_id)
            await work.commit()
        return view
