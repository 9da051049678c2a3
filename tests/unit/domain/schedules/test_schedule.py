"""A schedule follows its specification and the time alone; pauses and saves do not unsettle it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import NodeId, ScheduleId, WorkflowId
from domain.schedules.fire_times import FireTimes
from domain.schedules.schedule import OverlapPolicy, Plan, Schedule, ScheduleState
from domain.schedules.settlement import settle_for_good
from domain.schedules.specification import Interval
from tests.fakes.clock import NOON

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

periods = st.integers(min_value=1, max_value=10**11).map(lambda each: timedelta(milliseconds=each))
moments = st.integers(min_value=-(10**11), max_value=10**12).map(lambda each: NOON + timedelta(milliseconds=each))


def times(period: timedelta, since: datetime = NOON) -> FireTimes:
    return lambda moment: Interval(period=period).after(moment, since=since)


def a_plan(period: timedelta = MINUTE) -> Plan:
    return Plan(node_id=NodeId("a"), specification=Interval(period=period))


def a_schedule(**parts: Any) -> Schedule:
    usual: dict[str, Any] = {"since": NOON, "next_fire_at": NOON + MINUTE}
    return Schedule(id=ScheduleId(uuid4()), workflow_id=WorkflowId(uuid4()), plan=a_plan(), **{**usual, **parts})


@given(periods, moments)
def test_an_interval_fires_later_than_any_moment_within_a_period_and_in_step(
    period: timedelta, moment: datetime
) -> None:
    at = Interval(period=period).after(moment, since=NOON)
    assert at > moment
    assert at - max(moment, NOON) <= period
    assert (at - NOON) % period == timedelta(0)


@given(periods, moments, moments)
def test_an_interval_never_goes_back(period: timedelta, one: datetime, other: datetime) -> None:
    interval = Interval(period=period)
    early, late = sorted((one, other))
    assert interval.after(early, since=NOON) <= interval.after(late, since=NOON)


def test_keeps_its_next_time_when_something_else_was_saved() -> None:
    schedule = a_schedule()
    plan = replace(a_plan(), on_overlap=OverlapPolicy.SKIP)
    saved = schedule.replanned(plan, times(MINUTE), is_active=True, at=NOON + timedelta(seconds=59))
    assert saved == replace(schedule, plan=plan)


def test_counts_from_the_save_that_changed_it() -> None:
    at = NOON + timedelta(seconds=30)
    saved = a_schedule(failures=4).replanned(a_plan(HOUR), times(HOUR, at), is_active=True, at=at)
    assert (saved.since, saved.next_fire_at, saved.failures) == (at, at + HOUR, 0)


def test_is_not_due_while_its_workflow_is_inactive_and_takes_up_its_step_again() -> None:
    off = a_schedule().replanned(a_plan(), times(MINUTE), is_active=False, at=NOON)
    assert (off.next_fire_at, off.state(workflow_is_active=False)) == (None, ScheduleState.INACTIVE)
    on = off.replanned(a_plan(), times(MINUTE), is_active=True, at=NOON + timedelta(seconds=90))
    assert on.next_fire_at == NOON + 2 * MINUTE


def test_stays_paused_whatever_is_saved() -> None:
    paused = a_schedule().paused(at=NOON)
    saved = paused.replanned(a_plan(HOUR), times(HOUR), is_active=True, at=NOON)
    assert saved.state(workflow_is_active=True) is ScheduleState.PAUSED
    assert saved.paused(at=NOON + HOUR).paused_at == NOON


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_after_a_pause_it_goes_on_from_now_in_the_old_step(pause: timedelta) -> None:
    at = NOON + pause
    paused = a_schedule().paused(at=NOON)
    settled = settle_for_good(paused, times(MINUTE), now=at, grace=MINUTE, is_busy=False, error=None)
    resumed = replace(paused, next_fire_at=settled.next_fire_at).resumed()
    assert resumed.paused_at is None
    assert resumed.next_fire_at is not None
    assert at < resumed.next_fire_at <= at + MINUTE
    assert (resumed.next_fire_at - NOON) % MINUTE == timedelta(0)
    assert resumed.resumed() == resumed


def test_resuming_what_is_not_paused_makes_nothing_of_what_is_due() -> None:
    overdue = a_schedule()
    assert overdue.resumed() == overdue


def test_is_over_when_its_times_never_come_again() -> None:
    assert a_schedule(next_fire_at=None).state(workflow_is_active=True) is ScheduleState.OVER
    assert a_schedule().state(workflow_is_active=True) is ScheduleState.ACTIVE


@pytest.mark.parametrize(("failures", "seconds"), [(0, 2), (1, 4), (5, 64), (8, 300), (10_000, 300)])
def test_waits_twice_as_long_after_each_failure_up_to_five_minutes(failures: int, seconds: int) -> None:
    assert a_schedule(failures=failures).pause_after_failure == timedelta(seconds=seconds)
