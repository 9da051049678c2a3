"""Processes tell their clocks, and the one that is wrong is named."""

from datetime import datetime, timedelta
from uuid import uuid4

from application.maintenance.examine_process_clocks import ExamineProcessClocks
from application.maintenance.tell_clock import TellClock
from application.ports.examination import Condition
from tests.fakes.clock import FakeClock
from tests.fakes.process_clocks import FakeProcessClocks

SECOND = timedelta(seconds=1)


class Slow(FakeProcessClocks):
    """Takes two seconds to answer, and tells the time of the middle."""

    def __init__(self, clock: FakeClock, own: FakeClock) -> None:
        super().__init__(clock)
        self._own = own

    async def now(self) -> datetime:
        self._own.advance(SECOND)
        now = await super().now()
        self._own.advance(SECOND)
        return now


async def told(clocks: FakeProcessClocks, name: str, ahead: timedelta, of: FakeClock) -> None:
    await TellClock(clocks=clocks, clock=FakeClock(of.now() + ahead))(uuid4(), name)


async def test_names_those_that_are_ahead_or_behind_by_more_than_a_second() -> None:
    clock = FakeClock()
    clocks = FakeProcessClocks(clock)
    for name, ahead in (("one", SECOND * 0.9), ("two", SECOND * 2), ("three", -SECOND * 3), ("four", -SECOND * 0.9)):
        await told(clocks, name, ahead, clock)
    (found,) = await ExamineProcessClocks(clocks=clocks)()
    assert found.condition is Condition.TROUBLE
    assert found.detail == "two is 2.000 s ahead of the database; three is 3.000 s behind the database"
    assert found.remedy


async def test_says_how_far_apart_they_are_at_most() -> None:
    clock = FakeClock()
    clocks = FakeProcessClocks(clock)
    await told(clocks, "one", SECOND * 0.5, clock)
    await told(clocks, "two", -SECOND * 0.25, clock)
    (found,) = await ExamineProcessClocks(clocks=clocks)()
    assert (found.condition, found.detail) == (Condition.SOUND, "2 at work, at most 0.750 s apart")


async def test_an_answer_that_takes_long_makes_nobody_wrong() -> None:
    clock, own = FakeClock(), FakeClock()
    clocks = Slow(clock, own)
    await TellClock(clocks=clocks, clock=own)(uuid4(), "slow")
    (reading,) = await clocks.heard_within(SECOND)
    assert (reading.ahead, reading.uncertain) == (SECOND, SECOND)
    (found,) = await ExamineProcessClocks(clocks=clocks)()
    assert found.condition is Condition.SOUND


async def test_those_that_left_count_no_more() -> None:
    clock = FakeClock()
    clocks = FakeProcessClocks(clock)
    await told(clocks, "gone", SECOND * 60, clock)
    clock.advance(SECOND * 61)
    (found,) = await ExamineProcessClocks(clocks=clocks)()
    assert (found.condition, found.detail) == (Condition.SOUND, "no process is at work")
