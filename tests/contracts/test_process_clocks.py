"""Whoever asks finds what each process last said about its clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from application.ports.process_clocks import ClockReading
from tests.contracts.conftest import Keeping

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def a_reading(ahead: timedelta = SECOND) -> ClockReading:
    return ClockReading(id=uuid4(), name="here:1 (api)", ahead=ahead, uncertain=timedelta(milliseconds=2))


async def test_keeps_the_last_reading_of_each_the_furthest_ahead_first(store: Keeping) -> None:
    ahead, behind = a_reading(SECOND), a_reading(-SECOND)
    for each in (behind, ahead, replace(ahead, ahead=2 * SECOND)):
        await store.clocks.keep(each)
    assert await store.clocks.heard_within(MINUTE) == [replace(ahead, ahead=2 * SECOND), behind]


async def test_tells_nothing_of_those_that_have_not_been_heard_of_for_long(store: Keeping) -> None:
    await store.clocks.keep(a_reading())
    assert await store.clocks.heard_within(timedelta(0)) == []


async def test_says_what_time_it_is(store: Keeping) -> None:
    assert datetime(2025, 1, 1, tzinfo=UTC) < await store.clocks.now()
