"""When a specification fires."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from application.ports.cron_calendar import CronCalendar
from domain.schedules.errors import TimeZoneUnknownHere
from domain.schedules.fire_times import FireTimes, following
from domain.schedules.schedule import Schedule
from domain.schedules.specification import Cron, Specification


@dataclass(frozen=True, slots=True)
class Timetables:
    calendar: CronCalendar

    def times(self, specification: Specification, *, since: datetime) -> FireTimes:
        """`since` is when it was configured; intervals are counted from there."""
        if isinstance(specification, Cron):
            cron = specification
            return lambda moment: self.calendar.after(cron.expression, cron.timezone, moment)
        interval = specification
        return lambda moment: interval.after(moment, since=since)

    def times_of(self, schedule: Schedule) -> FireTimes:
        return self.times(schedule.plan.specification, since=schedule.since)

    def upcoming(self, schedule: Schedule, moment: datetime, *, count: int) -> Iterator[datetime]:
        """The next fire times of its specification, whether or not it will be there to fire.

        None while nobody here can say: its own time zone is unknown.
        """
        with suppress(TimeZoneUnknownHere):
            yield from islice(following(self.times_of(schedule), moment), count)
