"""Settle what was due before something about a schedule changes."""

from dataclasses import dataclass
from datetime import timedelta

from application.ports.id_generator import IdGenerator
from application.ports.unit_of_work import UnitOfWork
from application.schedules.timetables import Timetables
from domain.ids import ScheduleId
from domain.schedules.settlement import ON_TIME, settle_for_good


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleOverdue:
    """Part of pausing, resuming and saving: the caller has locked the workflow, has changed nothing yet, and commits.

    As if a scheduler had come by at this moment: what is on time starts its run, whatever else was due has its reason
    on record. What would have been caught up with later is missed, though. Nobody rings for the runs: workers look by
    themselves. Raise TimeZoneUnknownHere when nobody here can say what was due.
    """

    timetables: Timetables
    ids: IdGenerator
    grace: timedelta = ON_TIME

    async def __call__(self, work: UnitOfWork, schedule_id: ScheduleId) -> None:
        due = await work.schedules.claim(schedule_id)
        if due is None:
            return
        times = self.timetables.times_of(due.schedule)
        settlement = settle_for_good(
            due.schedule, times, now=due.now, grace=self.grace, is_busy=due.is_busy, error=due.error
        )
        await work.schedules.settle([settlement.with_runs(self.ids.execution)])
