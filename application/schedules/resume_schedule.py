"""Let a paused schedule start runs again."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork
from application.schedules.show_schedules import ScheduleView, ShowSchedules
from application.schedules.timetables import Timetables
from domain.ids import ScheduleId, UserId, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSchedule:
    """From its next fire time on; what it passed over is not made up for. One that is not paused stays as it is.

    Raise WorkflowNotFound or ScheduleNotFound.
    """

    begin: BeginWork
    clock: Clock
    timetables: Timetables
    show: ShowSchedules

    async def __call__(self, *, workflow_id: WorkflowId, schedule_id: ScheduleId, actor_id: UserId) -> ScheduleView:
        async with self.begin() as work:
            workflow = await work.workflows.get_to_change(workflow_id, actor_id)
            schedule = await work.schedules.get(schedule_id, workflow_id)
            resumed = schedule.resumed(self.timetables.times_of(schedule), at=self.clock.now())
            await work.schedules.save(resumed)
            (view,) = await self.show.of(work, workflow, only=schedule_id)
            await work.commit()
        return view
