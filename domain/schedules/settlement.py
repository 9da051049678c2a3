"""What becomes of the times at which a schedule should have fired by now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from domain.schedules.fire_times import FireTimes, following, last_before, not_before
from domain.schedules.schedule import MissedPolicy, OverlapPolicy, Schedule
from domain.schedules.tick import Tick, TickOutcome

CAUGHT_UP: Final = timedelta(days=1)
"""How far back the policy `all` goes."""

MOST_AT_ONCE: Final = 10
"""How many ticks of one schedule are settled together; the next ones come right after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """`ticks` are in order of time, without ids of runs yet; `next_fire_at` is past when there is more to settle."""

    schedule: Schedule
    ticks: tuple[Tick, ...]
    next_fire_at: datetime | None


def settle(schedule: Schedule, times: FireTimes, *, now: datetime, grace: timedelta, is_busy: bool) -> Settlement:
    """Decide on the ticks from `next_fire_at` up to `now`. Those later than `grace` ago are on time.

    `is_busy` says that a run of it goes on.
    """
    due = schedule.next_fire_at
    if due is None or due > now:
        return Settlement(schedule=schedule, ticks=(), next_fire_at=due)
    if schedule.paused_at is not None:
        passed_over = _together(TickOutcome.PAUSED, times, due, just_after(now), now)
        return Settlement(schedule=schedule, ticks=(passed_over,), next_fire_at=times(now))
    start = _first_to_fire(schedule, times, due, now, grace)
    missed = [] if start == due else [_together(TickOutcome.MISSED, times, due, start or just_after(now), now)]
    to_fire = [] if start is None else [*islice(_until(now, times, start), MOST_AT_ONCE)]
    fired = _outcomes(schedule, to_fire, now, is_busy=is_busy)
    last = to_fire[-1] if to_fire else now
    return Settlement(schedule=schedule, ticks=(*missed, *fired), next_fire_at=times(last))


def just_after(moment: datetime) -> datetime:
    return moment + timedelta(milliseconds=1)


def _first_to_fire(
    schedule: Schedule, times: FireTimes, due: datetime, now: datetime, grace: timedelta
) -> datetime | None:
    """None when all that is due was missed for good."""
    policy = schedule.plan.on_missed
    reach = max(grace, CAUGHT_UP) if policy is MissedPolicy.ALL else grace
    if due >= now - reach:
        return due
    start = not_before(times, now - reach)
    if start is not None and start <= now:
        return start
    return last_before(times, just_after(now), known=due) if policy is MissedPolicy.LATEST else None


def _until(now: datetime, times: FireTimes, start: datetime) -> Iterator[datetime]:
    yield start
    for at in following(times, start):
        if at > now:
            return
        yield at


def _outcomes(schedule: Schedule, to_fire: list[datetime], now: datetime, *, is_busy: bool) -> Iterator[Tick]:
    """Where runs must not overlap, the first that is started keeps the others of the same moment back."""
    may_overlap = schedule.plan.on_overlap is OverlapPolicy.ALLOW
    for at in to_fire:
        outcome = TickOutcome.FIRED if may_overlap or not is_busy else TickOutcome.OVERLAPPED
        yield Tick(fire_at=at, outcome=outcome, settled_at=now)
        is_busy = True


def _together(outcome: TickOutcome, times: FireTimes, first: datetime, end: datetime, now: datetime) -> Tick:
    """One tick for all from `first` on that are earlier than `end`."""
    last = last_before(times, end, known=first)
    return Tick(fire_at=first, outcome=outcome, until=None if last == first else last, settled_at=now)
