"""Let a paused schedule start runs again."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from application.schedules.settle_overdue import SettleOverdue
from application.schedules.show_schedules import ScheduleView, ShowSchedules
from domain.ids import ScheduleId, UserId, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSchedule:
    """From its next fire time on; what it passed over is on record and not made up for. One that is not paused stays as
    it is.

    Raise WorkflowNotFound, ScheduleNotFound or TimeZoneUnknownHere.
    """

    begin: BeginWork
    settle_overdue: SettleOverdue
    show: ShowSchedules

    async def __call__(self, *, workflow_id: WorkflowId, schedule_id: ScheduleId, actor_id: UserId) -> ScheduleView:
        async with self.begin() as work:
            workflow = await work.workflows.get_to_change(workflow_id, actor_id)
            if (await work.schedules.get(schedule_id, workflow_id)).paused_at is not None:
                await self.settle_overdue(work, schedule_id)
                schedule = await work.schedules.get(schedule_id, workflow_id)
                await work.schedules.save(schedule.resumed())
            (view,) = await self.show.of(work, workflow, only=schedule_id)
            await work.commit()
        return view
