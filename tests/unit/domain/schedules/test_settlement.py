"""Whatever is late, paused or in the way: every time to fire gets one fate, and none gets two."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import NodeId, ScheduleId, WorkflowId
from domain.schedules.fire_times import FireTimes, following, last_before, not_before
from domain.schedules.schedule import MissedPolicy, OverlapPolicy, Plan, Schedule
from domain.schedules.settlement import CAUGHT_UP, MOST_AT_ONCE, settle, settle_for_good
from domain.schedules.specification import Interval
from domain.schedules.tick import Tick, TickOutcome
from tests.fakes.clock import NOON

MINUTE = timedelta(minutes=1)
GRACE = timedelta(minutes=1)

periods = st.integers(min_value=1_000, max_value=4 * 86_400_000).map(lambda each: timedelta(milliseconds=each))
moments = st.integers(min_value=0, max_value=30 * 86_400_000).map(lambda each: NOON + timedelta(milliseconds=each))


def every(period: timedelta) -> FireTimes:
    return lambda moment: Interval(period=period).after(moment, since=NOON)


def a_schedule(
    period: timedelta = MINUTE,
    missed: MissedPolicy = MissedPolicy.SKIP,
    overlap: OverlapPolicy = OverlapPolicy.ALLOW,
    **parts: Any,
) -> Schedule:
    plan = Plan(node_id=NodeId("a"), specification=Interval(period=period), on_missed=missed, on_overlap=overlap)
    usual: dict[str, Any] = {"next_fire_at": NOON + period, "paused_at": None}
    return Schedule(
        id=ScheduleId(uuid4()), workflow_id=WorkflowId(uuid4()), plan=plan, since=NOON, **{**usual, **parts}
    )


def lived_through(schedule: Schedule, times: FireTimes, nows: list[datetime], *, is_busy: bool = False) -> list[Tick]:
    """All ticks of schedulers that looked at these moments, until nothing was left to settle at each."""
    ticks: list[Tick] = []
    for now in nows:
        while True:
            settlement = settle(schedule, times, now=now, grace=GRACE, is_busy=is_busy)
            if not settlement.ticks:
                break
            ticks += settlement.ticks
            schedule = replace(schedule, next_fire_at=settlement.next_fire_at)
    return ticks


def covered(ticks: list[Tick], times: FireTimes) -> list[datetime]:
    """Every fire time that the ticks speak of, in order."""
    return [
        at for tick in ticks for at in (tick.fire_at, *_later(times, tick.fire_at, tick.until)) if at <= tick.settled_at
    ]


def _later(times: FireTimes, first: datetime, last: datetime | None) -> list[datetime]:
    found: list[datetime] = []
    for at in following(times, first):
        if last is None or at > last:
            return found
        found.append(at)
    return found


@given(
    st.integers(min_value=20, max_value=10_000).map(lambda each: timedelta(seconds=each)),
    st.lists(
        st.integers(min_value=0, max_value=2 * 86_400).map(lambda each: NOON + timedelta(seconds=each)), min_size=1
    ),
    st.sampled_from(MissedPolicy),
    st.sampled_from(OverlapPolicy),
    st.booleans(),
    st.booleans(),
)
def test_no_time_to_fire_is_lost_or_comes_twice(
    period: timedelta,
    nows: list[datetime],
    missed: MissedPolicy,
    overlap: OverlapPolicy,
    is_busy: bool,
    is_paused: bool,
) -> None:
    schedule = a_schedule(period, missed, overlap, paused_at=NOON if is_paused else None)
    times = every(period)
    ticks = lived_through(schedule, times, sorted(nows), is_busy=is_busy)
    assert covered(ticks, times) == _later(times, NOON, max(nows))


@given(periods, moments, st.sampled_from(MissedPolicy))
def test_the_next_time_to_fire_always_lies_ahead_of_what_was_settled(
    period: timedelta, now: datetime, missed: MissedPolicy
) -> None:
    schedule = a_schedule(period, missed)
    settlement = settle(schedule, every(period), now=now, grace=GRACE, is_busy=False)
    assert settlement.next_fire_at is not None
    assert len(settlement.ticks) <= MOST_AT_ONCE + 1
    for tick in settlement.ticks:
        assert tick.fire_at <= (tick.until or tick.fire_at) <= now
        assert (tick.until or tick.fire_at) < settlement.next_fire_at
    if len(settlement.ticks) < MOST_AT_ONCE:
        assert settlement.next_fire_at > now


@given(periods, moments)
def test_what_is_not_due_stays_as_it_is(period: timedelta, before: datetime) -> None:
    due = before + timedelta(milliseconds=1)
    settlement = settle(a_schedule(next_fire_at=due), every(period), now=before, grace=GRACE, is_busy=False)
    assert (settlement.ticks, settlement.next_fire_at) == ((), due)


def test_fires_what_is_late_within_the_grace_and_skips_the_rest_by_default() -> None:
    ticks = lived_through(a_schedule(), every(MINUTE), [NOON + 10 * MINUTE + timedelta(seconds=30)])
    assert [(tick.outcome, tick.fire_at, tick.until) for tick in ticks] == [
        (TickOutcome.MISSED, NOON + MINUTE, NOON + 9 * MINUTE),
        (TickOutcome.FIRED, NOON + 10 * MINUTE, None),
    ]


def test_skips_a_single_tick_that_nobody_was_there_for() -> None:
    hour = timedelta(hours=1)
    (tick,) = lived_through(a_schedule(hour), every(hour), [NOON + hour + 2 * MINUTE])
    assert (tick.outcome, tick.fire_at, tick.until) == (TickOutcome.MISSED, NOON + hour, None)


def test_fires_the_latest_of_what_was_missed_when_told_to() -> None:
    hour = timedelta(hours=1)
    now = NOON + 5 * hour + 2 * MINUTE
    ticks = lived_through(a_schedule(hour, MissedPolicy.LATEST), every(hour), [now])
    assert [(tick.outcome, tick.fire_at, tick.until) for tick in ticks] == [
        (TickOutcome.MISSED, NOON + hour, NOON + 4 * hour),
        (TickOutcome.FIRED, NOON + 5 * hour, None),
    ]


def test_fires_all_of_the_last_day_when_told_to() -> None:
    hour = timedelta(hours=1)
    now = NOON + 50 * hour + 2 * MINUTE
    ticks = lived_through(a_schedule(hour, MissedPolicy.ALL), every(hour), [now])
    assert ticks[0].outcome is TickOutcome.MISSED
    made_up_for = [tick.fire_at for tick in ticks[1:] if tick.outcome is TickOutcome.FIRED]
    assert made_up_for == _later(every(hour), now - CAUGHT_UP, now)
    assert len(made_up_for) == 24


def test_keeps_ticks_back_while_a_run_goes_on_where_runs_must_not_overlap() -> None:
    careful = a_schedule(overlap=OverlapPolicy.SKIP)
    (busy,) = lived_through(careful, every(MINUTE), [NOON + MINUTE], is_busy=True)
    (free,) = lived_through(careful, every(MINUTE), [NOON + MINUTE])
    assert (busy.outcome, free.outcome) == (TickOutcome.OVERLAPPED, TickOutcome.FIRED)
    (careless,) = lived_through(a_schedule(), every(MINUTE), [NOON + MINUTE], is_busy=True)
    assert careless.outcome is TickOutcome.FIRED


def test_starts_one_of_several_at_once_where_runs_must_not_overlap() -> None:
    hour = timedelta(hours=1)
    schedule = a_schedule(hour, MissedPolicy.ALL, OverlapPolicy.SKIP)
    ticks = lived_through(schedule, every(hour), [NOON + 3 * hour + 2 * MINUTE])
    assert [tick.outcome for tick in ticks] == [TickOutcome.FIRED, TickOutcome.OVERLAPPED, TickOutcome.OVERLAPPED]


def test_says_of_a_paused_schedule_that_it_was_paused() -> None:
    (tick,) = lived_through(a_schedule(paused_at=NOON), every(MINUTE), [NOON + 7 * MINUTE])
    assert (tick.outcome, tick.fire_at, tick.until) == (TickOutcome.PAUSED, NOON + MINUTE, NOON + 7 * MINUTE)


def test_tries_again_what_failed_however_late_it_is_and_says_why_the_next_ones_were_missed() -> None:
    hour = timedelta(hours=1)
    now = NOON + 4 * hour + timedelta(minutes=30)
    settlement = settle(a_schedule(hour), every(hour), now=now, grace=GRACE, is_busy=False, error="the disk was full")
    assert [(tick.outcome, tick.fire_at, tick.until) for tick in settlement.ticks] == [
        (TickOutcome.FIRED, NOON + hour, None),
        (TickOutcome.MISSED, NOON + 2 * hour, NOON + 4 * hour),
    ]
    assert "the disk was full" in settlement.ticks[1].reason
    assert settlement.next_fire_at == NOON + 5 * hour


@given(st.sampled_from(MissedPolicy), st.sampled_from(OverlapPolicy), st.booleans(), moments)
def test_no_time_is_lost_or_comes_twice_after_a_failure(
    missed: MissedPolicy, overlap: OverlapPolicy, is_busy: bool, now: datetime
) -> None:
    period = timedelta(hours=7)
    now = max(now, NOON + period)
    first = settle(
        a_schedule(period, missed, overlap), every(period), now=now, grace=GRACE, is_busy=is_busy, error="no luck"
    )
    assert first.ticks[0].fire_at == NOON + period
    assert first.ticks[0].outcome in (TickOutcome.FIRED, TickOutcome.OVERLAPPED)
    after = a_schedule(period, missed, overlap, next_fire_at=first.next_fire_at)
    ticks = [*first.ticks, *lived_through(after, every(period), [now])]
    assert covered(ticks, every(period)) == _later(every(period), NOON, now)


def test_a_tick_that_failed_keeps_its_reason_when_the_schedule_is_paused_or_changes() -> None:
    now = NOON + 3 * MINUTE
    for schedule, outcome in ((a_schedule(paused_at=NOON), TickOutcome.PAUSED), (a_schedule(), TickOutcome.MISSED)):
        settlement = settle_for_good(schedule, every(MINUTE), now=now, grace=GRACE, is_busy=False, error="no luck")
        assert [(tick.outcome, tick.fire_at, tick.until) for tick in settlement.ticks] == [
            (outcome, NOON + 2 * MINUTE, NOON + 3 * MINUTE)
        ]
        assert settlement.next_fire_at == NOON + 4 * MINUTE


@given(st.sampled_from(MissedPolicy), periods, moments)
def test_settling_for_good_leaves_nothing_behind_and_catches_up_with_nothing(
    missed: MissedPolicy, period: timedelta, now: datetime
) -> None:
    settlement = settle_for_good(
        a_schedule(period, missed), every(period), now=now, grace=GRACE, is_busy=False, error=None
    )
    assert settlement.next_fire_at is not None
    assert settlement.next_fire_at > now
    assert all(tick.fire_at >= now - GRACE for tick in settlement.ticks if tick.outcome is TickOutcome.FIRED)


@given(periods, moments)
def test_finds_times_from_a_moment_on_and_before_it(period: timedelta, moment: datetime) -> None:
    times = every(period)
    first = times(NOON)
    assert first is not None
    assert not_before(times, first) == first
    if first < moment:
        last = last_before(times, moment, known=first)
        assert last < moment
        following_one = times(last)
        assert following_one is not None
        assert following_one >= moment
        assert (last - NOON) % period == timedelta(0)
