"""When something is to happen, as people configure it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

UTC_ZONE: Final = "UTC"
SHORTEST_INTERVAL: Final = timedelta(minutes=1)
LONGEST_INTERVAL: Final = timedelta(days=3660)
MAX_CRON_LENGTH: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Five fields, or six with seconds first, read on the clocks of a time zone."""

    expression: str
    timezone: str = UTC_ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Again and again after a period of whole milliseconds, counted from when it was configured."""

    period: timedelta

    @property
    def milliseconds(self) -> int:
        return self.period // timedelta(milliseconds=1)

    def after(self, moment: datetime, *, since: datetime) -> datetime:
        """The first of its times later than `moment`; the very first one is a period after `since`."""
        passed = max(moment - since, timedelta(0))
        return since + (passed // self.period + 1) * self.period


Specification: TypeAlias = Cron | Interval
