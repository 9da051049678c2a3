"""Old runs go in batches, with rests in between, and only when somebody wants it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from application.maintenance.forget_old_runs import ForgetOldRuns
from domain.errors import Unavailable
from tests.fakes.clock import NOON, FakeClock

KEEP = timedelta(days=90)


@dataclass
class Shelf:
    """So many old runs; each batch takes so long."""

    clock: FakeClock
    old: int
    seconds: float = 0
    asked: list[datetime] = field(default_factory=list)

    async def remove(self, *, ended_before: datetime, limit: int) -> int:
        self.asked.append(ended_before)
        self.clock.advance(timedelta(seconds=self.seconds))
        taken = min(limit, self.old)
        self.old -= taken
        return taken


def forgetting(shelf: Shelf, *, keep: timedelta | None = KEEP) -> ForgetOldRuns:
    return ForgetOldRuns(runs=shelf, clock=shelf.clock, keep=keep, at_once=10, rest=timedelta(seconds=1))


async def test_forgets_nothing_unless_told_how_long_to_keep() -> None:
    shelf = Shelf(FakeClock(), old=5)
    assert await forgetting(shelf, keep=None)() == 0
    assert (shelf.old, shelf.asked) == (5, [])


async def test_forgets_all_that_is_old_enough_in_batches() -> None:
    shelf = Shelf(FakeClock(), old=25)
    assert await forgetting(shelf)() == 25
    assert shelf.asked == [NOON - KEEP] * 3
    assert await forgetting(shelf)() == 0


async def test_rests_after_each_batch_for_as_long_as_it_took() -> None:
    shelf = Shelf(FakeClock(), old=25, seconds=4)
    await forgetting(shelf)()
    assert shelf.clock.slept == [4, 4]


async def test_rests_a_little_even_when_it_is_quick() -> None:
    shelf = Shelf(FakeClock(), old=25)
    await forgetting(shelf)()
    assert shelf.clock.slept == [1, 1]


async def test_goes_on_until_none_is_left_however_many_there_are() -> None:
    shelf = Shelf(FakeClock(), old=250_000)
    assert await ForgetOldRuns(runs=shelf, clock=shelf.clock, keep=KEEP)() == 250_000
    assert shelf.old == 0


async def test_goes_on_where_an_outage_interrupted_it() -> None:
    shelf = Shelf(FakeClock(), old=25)

    class Down(Shelf):
        async def remove(self, *, ended_before: datetime, limit: int) -> int:
            if len(self.asked) == 1:
                raise Unavailable("The store does not answer")
            return await super().remove(ended_before=ended_before, limit=limit)

    failing = Down(shelf.clock, old=25)
    with pytest.raises(Unavailable):
        await forgetting(failing)()
    failing.asked.clear()
    shelf.old = failing.old
    assert await forgetting(shelf)() == 15
