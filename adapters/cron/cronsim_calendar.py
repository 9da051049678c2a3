"""Cron as Debian has it: cronsim evaluates the fields; what clocks do to them is settled here for five and six fields
alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from domain.schedules.errors import TimeZoneUnknownHere

_SOME_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_STRETCH = timedelta(hours=26)
"""No clocks were ever changed by more, nor twice within it."""


class CronSimCalendar:
    def refusal(self, expression: str) -> str | None:
        try:
            CronSim(expression, _SOME_MOMENT)
        except CronSimError as refusal:
            return str(refusal)
        except ValueError:
            return "Not a cron expression"
        return None

    def knows_zone(self, name: str) -> bool:
        return name in _zone_names()

    def after(self, expression: str, timezone: str, moment: datetime) -> datetime | None:
        if not self.knows_zone(timezone):
            raise TimeZoneUnknownHere(timezone)
        times = _on_the_wall if _names_minute_and_hour(expression) else _as_time_passes
        return next((at for at in times(expression, ZoneInfo(timezone), moment) if at > moment), None)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    """Without the one that means another zone on each machine."""
    return frozenset(available_timezones() - {"localtime"})


def _names_minute_and_hour(expression: str) -> bool:
    minute, hour = expression.split()[-5:-3]
    return not minute.startswith("*") and not hour.startswith("*")


def _as_time_passes(expression: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Every moment at which the clocks show what the expression says: from one change of theirs to the next, between
    which they run evenly. cronsim steps by whole hours, and there are changes by half of one."""
    at = moment.astimezone(UTC).replace(microsecond=0)
    while True:
        offset = _offset(zone, at + _SECOND)
        local = next(_matches(expression, (at + offset).replace(tzinfo=None)), None)
        if local is None:
            return
        found = local.replace(tzinfo=UTC) - offset
        if (change := _change(zone, at + _SECOND, min(found, at + _STRETCH))) is not None:
            at = change - _SECOND
        elif found > at + _STRETCH:
            at = max(at + _STRETCH, found - _STRETCH)
        else:
            yield found
            at = found


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime | None:
    """The first moment up to the end with another offset than that of the start."""
    before = _offset(zone, start)
    if _offset(zone, end) == before:
        return None
    while end - start > _SECOND:
        middle = start + timedelta(seconds=(end - start) // _SECOND // 2)
        start, end = (middle, end) if _offset(zone, middle) == before else (start, middle)
    return end


def _on_the_wall(expression: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """An hour that there is twice counts the first time."""
    for local in _matches(expression, moment.astimezone(zone).replace(tzinfo=None, fold=0)):
        yield _once_it_exists(local, zone).astimezone(UTC)


def _matches(expression: str, start: datetime) -> Iterator[datetime]:
    """Six fields keep cronsim from having an opinion of its own about clocks."""
    six = expression if len(expression.split()) == 6 else f"0 {expression}"
    return iter(CronSim(six, start))


def _once_it_exists(local: datetime, zone: ZoneInfo) -> datetime:
    """The same time in a zone, or the end of the gap that it falls into. Gaps end with a minute."""
    at = local.replace(tzinfo=zone)
    while not _exists(at):
        at = (at + timedelta(minutes=1)).replace(second=0)
    return at


def _exists(at: datetime) -> bool:
    return at.astimezone(UTC).astimezone(at.tzinfo).replace(tzinfo=None) == at.replace(tzinfo=None)
