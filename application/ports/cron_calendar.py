"""Reads cron expressions."""

from datetime import datetime
from typing import Protocol


class CronCalendar(Protocol):
    """What it finds is in UTC and to the second.

    Expressions that name minutes and hours follow the clocks on the wall: what would fall into the hour that is
    skipped when clocks go forward happens when it is over, and what is named once happens once when clocks go back.
    Those whose minute or hour begins with `*` follow the time that passes: nothing happens in an hour that there is
    not, and an hour that there is twice is two hours.
    """

    def refusal(self, expression: str) -> str | None:
        """What is wrong with an expression of five or six fields, in a few words; None when nothing is."""

    def knows_zone(self, name: str) -> bool:
        """Whether there is a time zone of that name in the IANA database."""

    def after(self, expression: str, timezone: str, moment: datetime) -> datetime | None:
        """The first fire time later than `moment`; None when there is none within 50 years.

        The expression must be a good one. Raise TimeZoneUnknownHere for a zone that another machine may know.
        """
