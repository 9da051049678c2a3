"""Start what is due."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from application.nodes.node import RunLog
from application.ports.id_generator import IdGenerator
from application.ports.job_queue import ExecutionReady, JobQueue
from application.ports.schedule_repository import DueSchedule
from application.ports.unit_of_work import BeginWork
from application.schedules.timetables import Timetables
from domain.errors import DomainError, Unavailable
from domain.ids import ExecutionId
from domain.schedules.schedule import Schedule
from domain.schedules.settlement import ON_TIME, Settlement, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class FireDueSchedules:
    """Settle every tick that is due by the clock of the store: exactly once, however many do this at the same time.

    A tick later than `grace` was missed; catching up with such takes nobody's turn who is on time. A schedule that
    cannot be settled holds up no other: it is tried again after pauses that grow. Returns how many schedules it dealt
    with.
    """

    begin: BeginWork
    queue: JobQueue
    timetables: Timetables
    ids: IdGenerator
    log: RunLog
    grace: timedelta = ON_TIME
    at_once: int = 100

    async def __call__(self) -> int:
        total = 0
        while found := await self._some():
            total += found
        return total

    async def _some(self) -> int:
        try:
            return await self._together()
        except Unavailable:
            raise
        except Exception:
            return await self._one_by_one()

    async def _together(self) -> int:
        async with self.begin() as work:
            due = await work.schedules.claim_due(limit=self.at_once, grace=self.grace)
            started = await work.schedules.settle([self._settled(each) for each in due]) if due else ()
            await work.commit()
        await self._ring(started)
        return len(due)

    async def _one_by_one(self) -> int:
        """After some were refused because of one of them."""
        for dealt_with in range(self.at_once):
            if not await self._next():
                return dealt_with
        return self.at_once

    async def _next(self) -> bool:
        due: Sequence[DueSchedule] = ()
        try:
            async with self.begin() as work:
                due = await work.schedules.claim_due(limit=1, grace=self.grace)
                started = await work.schedules.settle([self._settled(each) for each in due]) if due else ()
                await work.commit()
        except Unavailable:
            raise
        except Exception as failure:
            if not due:
                raise
            await self._hold_back(due[0].schedule, failure)
        else:
            await self._ring(started)
        return bool(due)

    async def _hold_back(self, schedule: Schedule, failure: Exception) -> None:
        self.log.write("error", "a schedule cannot fire", schedule=str(schedule.id), error=repr(failure))
        said = failure.message if isinstance(failure, DomainError) else type(failure).__name__
        async with self.begin() as work:
            await work.schedules.hold_back(schedule, said)
            await work.commit()

    def _settled(self, due: DueSchedule) -> Settlement:
        times = self.timetables.times_of(due.schedule)
        settlement = settle(due.schedule, times, now=due.now, grace=self.grace, is_busy=due.is_busy, error=due.error)
        return settlement.with_runs(self.ids.execution)

    async def _ring(self, started: Sequence[ExecutionId]) -> None:
        await asyncio.gather(*(self.queue.ring(ExecutionReady(each)) for each in started))
