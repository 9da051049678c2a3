"""Keeps schedules, and what became of their ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.ids import ExecutionId, ScheduleId, WorkflowId
from domain.schedules.schedule import Schedule
from domain.schedules.settlement import ON_TIME, Settlement
from domain.schedules.tick import Tick


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSchedule:
    """`is_busy` when a run of it goes on and its runs must not overlap; `now` by the clock of the store; `error` why
    its next run could not be started when somebody tried."""

    schedule: Schedule
    now: datetime
    is_busy: bool
    error: str | None = None


class ScheduleRepository(Protocol):
    """Whose a workflow is was asked before: nothing here looks at owners."""

    async def of_workflow(self, workflow_id: WorkflowId) -> Sequence[Schedule]:
        """The oldest first."""

    async def of_workflow_to_change(self, workflow_id: WorkflowId) -> Sequence[Schedule]:
        """Like `of_workflow`, and nobody else claims or changes them until the unit of work ends."""

    async def replace(self, workflow_id: WorkflowId, wanted: Sequence[Schedule]) -> None:
        """Have the workflow have these and no others. Those that go take their ticks along.

        Raise WorkflowNotFound when the workflow is gone.
        """

    async def underived(self, *, limit: int) -> Sequence[WorkflowId]:
        """Lock and return workflows that were saved before there were schedules, until `replace` gives them some.

        Passes over those that somebody else has locked.
        """

    async def get(self, schedule_id: ScheduleId, workflow_id: WorkflowId) -> Schedule:
        """Lock it until the unit of work ends. Raise ScheduleNotFound when it is not of that workflow."""

    async def save(self, schedule: Schedule) -> None:
        """Absent is fine."""

    async def ticks_of(self, workflow_id: WorkflowId, *, limit: int) -> Sequence[tuple[ScheduleId, Tick]]:
        """The last `limit` ticks of each schedule, newest first. At least the last 50 are kept.

        They tell, too, what has become of their runs, and whether those that failed will be tried again.
        """

    async def claim_due(self, *, limit: int, grace: timedelta = ON_TIME) -> Sequence[DueSchedule]:
        """Lock and return schedules whose next fire time has come by the clock of the store, the longest overdue first.

        `limit` of them, first of those that are not later than `grace`; however many these are, a quarter of `limit`
        is for later ones besides, the longest overdue first. Passes over those that somebody else has locked or that
        are held back.
        """

    async def claim(self, schedule_id: ScheduleId) -> DueSchedule | None:
        """Lock it as soon as nobody else has it locked, and return it when it is due, held back or not."""

    async def settle(self, settlements: Sequence[Settlement]) -> Sequence[ExecutionId]:
        """Record ticks, start a run for each that has one's id, and move on to the next fire times.

        A run is frozen from its workflow as it is now; its trigger is `schedule`, its payload `_trigger` and
        `_scheduledAt`. A tick that was settled before stays as it is and starts nothing, unless it failed. Answer
        which runs there are now.
        """

    async def hold_back(self, schedule: Schedule, error: str) -> None:
        """Count a failure, record it with the tick, and let nobody claim it for its `pause_after_failure`."""
