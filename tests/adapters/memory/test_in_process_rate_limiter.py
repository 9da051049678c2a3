"""Counting in process: like a model without bounds while there is room, and never too kindly without."""

import asyncio
import time
import tracemalloc
from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from adapters.memory.in_process_rate_limiter import InProcessRateLimiter
from adapters.memory.windows import Windows
from domain.rate_limits.limit import Limit
from tests.fakes.clock import FakeClock

LIMITS = [
    Limit(name="short", requests=3, window=timedelta(milliseconds=700)),
    Limit(name="long", requests=5, window=timedelta(seconds=2)),
]
MINUTE = timedelta(minutes=1)
keys = st.sampled_from(["ada", "bob", "cid", "dan"])
limits = st.sampled_from(LIMITS)


class LikeAModel(RuleBasedStateMachine):
    """The moments of every allowed hit are kept for ever, and all are looked at each time."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.limiter = InProcessRateLimiter(self.clock)
        self.opened: dict[tuple[str, str], timedelta] = {}
        self.used: Counter[tuple[str, str]] = Counter()
        self.time = timedelta()

    def left(self, limit: Limit, key: str) -> timedelta:
        place = (limit.name, key)
        if place in self.opened and self.opened[place] + limit.window <= self.time:
            del self.opened[place], self.used[place]
        return limit.window if place not in self.opened else self.opened[place] + limit.window - self.time

    @rule(limit=limits, key=keys)
    def hit(self, limit: Limit, key: str) -> None:
        place, left = (limit.name, key), self.left(limit, key)
        self.opened.setdefault(place, self.time)
        allowed = self.used[place] < limit.requests
        self.used[place] += allowed
        verdict = asyncio.run(self.limiter.hit(limit, key))
        assert (verdict.allowed, verdict.resets_in) == (allowed, left)
        assert verdict.remaining == limit.requests - self.used[place]

    @rule(limit=limits, key=keys)
    def forgive(self, limit: Limit, key: str) -> None:
        self.left(limit, key)
        place = (limit.name, key)
        if self.used[place] > 0:
            self.used[place] -= 1
        if self.used[place] == 0:
            self.opened.pop(place, None)
        asyncio.run(self.limiter.forgive(limit, key))

    @rule(milliseconds=st.sampled_from([1, 100, 350, 699, 700, 2000]))
    def wait(self, milliseconds: int) -> None:
        self.time += timedelta(milliseconds=milliseconds)
        self.clock.advance(timedelta(milliseconds=milliseconds))

    @invariant()
    def keeps_no_more_than_there_are_keys(self) -> None:
        assert all(len(each) <= 4 for each in self.limiter._windows.values())


TestLikeAModel = LikeAModel.TestCase
TestLikeAModel.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


@given(st.lists(st.integers(0, 9), max_size=200), st.integers(1, 5), st.integers(1, 4))
@settings(deadline=None)
def test_nobody_gets_a_fresh_budget_by_crowding_others_out(order: list[int], capacity: int, requests: int) -> None:
    windows = Windows(Limit(name="crowded", requests=requests, window=MINUTE), capacity)
    passed = Counter(key for key in order if windows.hit(bytes([key]), now=0).allowed)
    assert len(windows) <= capacity
    assert all(count <= requests for count in passed.values())


def test_charges_a_newcomer_with_no_more_than_its_share_of_the_crowd() -> None:
    windows = Windows(Limit(name="crowded", requests=100, window=MINUTE), capacity=1_000)
    for number in range(20_000):
        windows.hit(number.to_bytes(4, "big"), now=0)
    assert windows.hit(b"newcomer", now=0).remaining >= 100 - 1 - 20


def test_refuses_newcomers_until_a_window_ends_once_every_place_is_used_up() -> None:
    windows = Windows(Limit(name="crowded", requests=1, window=MINUTE), capacity=2)
    windows.hit(b"ada", now=0)
    windows.hit(b"bob", now=10)
    refused = windows.hit(b"cid", now=20)
    assert not refused.allowed
    assert refused.resets_in == MINUTE - timedelta(microseconds=20)
    assert windows.hit(b"cid", now=60_000_000).allowed


def test_a_million_keys_take_no_more_places_than_there_are_and_reset_nobody() -> None:
    windows = Windows(Limit(name="api", requests=300, window=MINUTE), capacity=5_000)
    for _ in range(300):
        windows.hit(b"busy", now=0)
    for number in range(1_000_000):
        windows.hit(number.to_bytes(4, "big"), now=number)
    assert len(windows) == 5_000
    assert not windows.hit(b"busy", now=1_000_000).allowed


async def test_a_crowd_takes_less_than_a_kilobyte_for_each_place_however_long_its_keys() -> None:
    limiter = InProcessRateLimiter(FakeClock(), capacity=1_000)
    limit = Limit(name="api", requests=100, window=MINUTE)
    tracemalloc.start()
    try:
        for number in range(30_000):
            await limiter.hit(limit, f"{number}".rjust(5_000, "x"))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1_000 * 1_000


async def test_forgets_ended_windows_a_few_at_a_time() -> None:
    clock = FakeClock()
    limiter = InProcessRateLimiter(clock)
    limit = Limit(name="api", requests=5, window=MINUTE)
    for number in range(1_000):
        await limiter.hit(limit, str(number))
    clock.advance(MINUTE)
    await limiter.hit(limit, "ada")
    assert len(limiter._windows[limit]) == 1_000 - 2 + 1
    for _ in range(499):
        await limiter.hit(limit, "ada")
    assert len(limiter._windows[limit]) == 1


async def test_counts_many_hits_a_second() -> None:
    """Ten times slower than measured would still be no burden to a request."""
    limiter = InProcessRateLimiter(FakeClock())
    limit = Limit(name="api", requests=100, window=MINUTE)
    begun = time.perf_counter()
    for number in range(20_000):
        await limiter.hit(limit, str(number % 3_000))
    assert time.perf_counter() - begun < 1
