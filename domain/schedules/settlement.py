"""What becomes of the times at which a schedule should have fired by now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from domain.ids import ExecutionId
from domain.schedules.fire_times import FireTimes, following, last_before, not_before
from domain.schedules.schedule import MissedPolicy, OverlapPolicy, Schedule
from domain.schedules.tick import Tick, TickOutcome

ON_TIME: Final = timedelta(minutes=1)
"""How late a tick may be without having been missed."""

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

    def with_runs(self, new_id: Callable[[], ExecutionId]) -> "Settlement":
        ticks = (
            replace(tick, execution_id=new_id()) if tick.outcome is TickOutcome.FIRED else tick for tick in self.ticks
        )
        return replace(self, ticks=tuple(ticks))


def settle(
    schedule: Schedule,
    times: FireTimes,
    *,
    now: datetime,
    grace: timedelta,
    is_busy: bool,
    error: str | None = None,
    most: int | None = MOST_AT_ONCE,
) -> Settlement:
    """Decide on the ticks from `next_fire_at` up to `now`. Those later than `grace` ago are on time.

    `is_busy` says that a run of it goes on, `error` why the first of the ticks could not be started when somebody
    tried. That one is tried again however late it is; those that were missed meanwhile were missed for that reason.
    """
    due = schedule.next_fire_at
    if due is None or due > now:
        return Settlement(schedule=schedule, ticks=(), next_fire_at=due)
    if schedule.paused_at is not None:
        return _passed_over(TickOutcome.PAUSED, schedule, times, now, error)
    tried = [] if error is None else [due]
    rest = due if error is None else times(due)
    start = None if rest is None or rest > now else _first_to_fire(schedule, times, rest, now, grace)
    missed = _missed(times, rest, start, now, error)
    to_fire = [*tried, *([] if start is None else islice(_until(now, times, start), most))]
    settled = _outcomes(schedule, to_fire, now, is_busy=is_busy)
    last = to_fire[-1] if start is not None else now
    ticks = sorted((*missed, *settled), key=lambda tick: tick.fire_at)
    return Settlement(schedule=schedule, ticks=tuple(ticks), next_fire_at=times(last))


def settle_for_good(
    schedule: Schedule, times: FireTimes, *, now: datetime, grace: timedelta, is_busy: bool, error: str | None
) -> Settlement:
    """Like `settle`, and leaves nothing to be settled later: what would have been caught up with is missed, and what
    failed is not tried again."""
    if error is not None and schedule.paused_at is None:
        return _passed_over(TickOutcome.MISSED, schedule, times, now, error)
    hurried = replace(schedule, plan=replace(schedule.plan, on_missed=MissedPolicy.SKIP))
    return settle(hurried, times, now=now, grace=grace, is_busy=is_busy, error=error, most=None)


def _passed_over(
    outcome: TickOutcome, schedule: Schedule, times: FireTimes, now: datetime, error: str | None
) -> Settlement:
    """One fate for all, but for a tick that failed: that one keeps its own reason."""
    due = schedule.next_fire_at
    first = due if error is None or due is None else times(due)
    its_error = error if outcome is TickOutcome.MISSED else None
    is_there = first is not None and first <= now
    ticks = (_together(outcome, times, first, just_after(now), now, its_error),) if is_there and first else ()
    return Settlement(schedule=schedule, ticks=ticks, next_fire_at=times(now))


def _missed(
    times: FireTimes, due: datetime | None, start: datetime | None, now: datetime, error: str | None
) -> list[Tick]:
    """From what is due up to what fires; all when nothing does."""
    if due is None or due > now or start == due:
        return []
    return [_together(TickOutcome.MISSED, times, due, start or just_after(now), now, error)]


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


def _together(
    outcome: TickOutcome, times: FireTimes, first: datetime, end: datetime, now: datetime, error: str | None
) -> Tick:
    """One tick for all from `first` on that are earlier than `end`."""
    last = last_before(times, end, known=first)
    until = None if last == first else last
    return Tick(fire_at=first, outcome=outcome, until=until, error=error, settled_at=now)
