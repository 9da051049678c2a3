from litestar import Controller, get, post
from litestar.params import FromPath

from application.schedules.pause_schedule import PauseSchedule
from application.schedules.resume_schedule import ResumeSchedule
from application.schedules.show_schedules import ShowSchedules
from entrypoints.http.envelope import Success, SuccessWithMeta, refusals, success
from entrypoints.http.path_ids import to_schedule_id, to_workflow_id
from entrypoints.http.request import RexRequest
from entrypoints.http.saving import notes_of
from entrypoints.http.schemas.workflows import SaveNotes
from entrypoints.http.services import Given
from entrypoints.wire.schedules import ScheduleRecord


class ScheduleController(Controller):
    """When a workflow runs by itself: one schedule for each of its schedule triggers that can fire."""

    path = "/api/workflows/{workflow_id:str}/schedules"
    tags = ("schedules",)

    @get(responses=refusals(400, 404))
    async def list_all(
        self, request: RexRequest, workflow_id: FromPath[str], show_schedules: Given[ShowSchedules]
    ) -> SuccessWithMeta[list[ScheduleRecord], SaveNotes]:
        """When each fires next, what became of its last ticks, and why some of them started no run. What keeps other
        triggers from firing is in `meta.warnings`."""
        shown = await show_schedules(workflow_id=to_workflow_id(workflow_id), actor_id=request.user)
        records = [ScheduleRecord.of(each) for each in shown.schedules]
        return SuccessWithMeta(data=records, meta=notes_of(shown.warnings))

    @post("/{schedule_id:str}/pause", status_code=200, responses=refusals(400, 404))
    async def pause(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        schedule_id: FromPath[str],
        pause_schedule: Given[PauseSchedule],
    ) -> Success[ScheduleRecord]:
        """Start no runs until it is resumed, whatever is saved meanwhile."""
        shown = await pause_schedule(
            workflow_id=to_workflow_id(workflow_id), schedule_id=to_schedule_id(schedule_id), actor_id=request.user
        )
        return success(ScheduleRecord.of(shown))

    @post("/{schedule_id:str}/resume", status_code=200, responses=refusals(400, 404))
    async def resume(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        schedule_id: FromPath[str],
        resume_schedule: Given[ResumeSchedule],
    ) -> Success[ScheduleRecord]:
        """Start runs again, from its next fire time on: what it passed over is not made up for."""
        shown = await resume_schedule(
            workflow_id=to_workflow_id(workflow_id), schedule_id=to_schedule_id(schedule_id), actor_id=request.user
        )
        return success(ScheduleRecord.of(shown))
