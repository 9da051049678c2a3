"""So many per window, in process and in Redis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.memory.in_process_rate_limiter import InProcessRateLimiter
from adapters.redis.circuit import Circuit
from adapters.redis.connections import impatient_redis
from adapters.redis.redis_rate_limiter import RedisRateLimiter
from adapters.system.system_clock import SystemClock
from application.ports.rate_limiter import RateLimiter
from domain.rate_limits.limit import Limit
from tests.contracts.conftest import no_warning
from tests.fakes.clock import FakeClock
from tests.fakes.rate_limiter import FakeRateLimiter

MINUTE = timedelta(minutes=1)
SHORT = timedelta(milliseconds=400)
MOMENT = timedelta(milliseconds=10)


@dataclass(frozen=True)
class Counting:
    """`wait` lets time pass for the limiter."""

    limiter: RateLimiter
    wait: Callable[[timedelta], Awaitable[None]]

    async def passes(self, limit: Limit, key: str = "ada", *, times: int) -> int:
        """How many of so many hits are allowed."""
        return sum([(await self.limiter.hit(limit, key)).allowed for _ in range(times)])


def in_process() -> Counting:
    clock = FakeClock()

    async def wait(time: timedelta) -> None:
        clock.advance(time)

    return Counting(InProcessRateLimiter(clock), wait)


def fake() -> Counting:
    clock = FakeClock()

    async def wait(time: timedelta) -> None:
        clock.advance(time)

    return Counting(FakeRateLimiter(clock), wait)


async def wait_for_real(time: timedelta) -> None:
    await asyncio.sleep(time.total_seconds())


@pytest.fixture(params=["fake", "in process", "redis"])
async def counting(request: pytest.FixtureRequest) -> AsyncIterator[Counting]:
    if request.param != "redis":
        yield in_process() if request.param == "in process" else fake()
        return
    redis = impatient_redis(request.getfixturevalue("redis_url"))
    clock = SystemClock()
    circuit = Circuit(clock, warn=no_warning, patience=5)
    yield Counting(
        RedisRateLimiter(redis, circuit, fallback=InProcessRateLimiter(clock), pepper=b"pepper"), wait_for_real
    )
    await redis.aclose()


def a_limit(requests: int, window: timedelta = MINUTE) -> Limit:
    return Limit(name=f"test-{uuid4().hex}", requests=requests, window=window)


async def test_counts_what_is_left_in_a_window(counting: Counting) -> None:
    limit = a_limit(2)
    verdicts = [await counting.limiter.hit(limit, "ada") for _ in range(4)]
    assert [each.allowed for each in verdicts] == [True, True, False, False]
    assert [each.remaining for each in verdicts] == [1, 0, 0, 0]
    assert {each.limit for each in verdicts} == {2}
    assert all(timedelta(seconds=50) < each.resets_in <= MINUTE for each in verdicts)


async def test_lets_exactly_the_budget_through_however_many_ask_at_once(counting: Counting) -> None:
    limit = a_limit(150)
    verdicts = await asyncio.gather(*(counting.limiter.hit(limit, "ada") for _ in range(200)))
    assert sorted(each.remaining for each in verdicts if each.allowed) == list(range(150))
    assert sum(not each.allowed for each in verdicts) == 50


async def test_counts_each_key_and_each_limit_for_itself(counting: Counting) -> None:
    limit, other = a_limit(1), a_limit(1)
    assert await counting.passes(limit, "ada", times=2) == 1
    assert await counting.passes(limit, "Ada", times=2) == 1
    assert await counting.passes(other, "ada", times=2) == 1


@pytest.mark.parametrize("key", ["", "a\0b", "\ud800", "*", "ä" * 1_000_000], ids=["empty", "nul", "half", "*", "long"])
async def test_takes_any_text_for_a_key(counting: Counting, key: str) -> None:
    assert await counting.passes(a_limit(1), key, times=2) == 1


async def test_starts_anew_when_the_window_has_ended(counting: Counting) -> None:
    limit = a_limit(2, SHORT)
    assert await counting.passes(limit, times=3) == 2
    last = await counting.limiter.hit(limit, "ada")
    assert last.resets_in <= SHORT
    await counting.wait(last.resets_in + MOMENT)
    assert await counting.passes(limit, times=3) == 2


async def test_does_not_move_the_end_of_a_window(counting: Counting) -> None:
    limit = a_limit(2, SHORT)
    await counting.limiter.hit(limit, "ada")
    await counting.wait(SHORT / 2)
    allowed, refused = await counting.limiter.hit(limit, "ada"), await counting.limiter.hit(limit, "ada")
    assert (allowed.allowed, refused.allowed) == (True, False)
    assert max(allowed.resets_in, refused.resets_in) <= SHORT / 2
    await counting.wait(refused.resets_in + MOMENT)
    assert (await counting.limiter.hit(limit, "ada")).remaining == 1


async def test_gives_one_hit_back(counting: Counting) -> None:
    limit = a_limit(3)
    assert await counting.passes(limit, times=3) == 3
    await counting.limiter.forgive(limit, "ada")
    assert await counting.passes(limit, times=2) == 1


async def test_does_not_count_what_it_refused(counting: Counting) -> None:
    limit = a_limit(2)
    await counting.passes(limit, times=50)
    await counting.limiter.forgive(limit, "ada")
    assert (await counting.limiter.hit(limit, "ada")).allowed


async def test_has_nothing_to_give_back_to_who_did_not_ask(counting: Counting) -> None:
    limit = a_limit(1)
    for _ in range(3):
        await counting.limiter.forgive(limit, "ada")
    await counting.limiter.hit(limit, "bob")
    await counting.limiter.forgive(limit, "ada")
    assert await counting.passes(limit, "bob", times=1) == 0
    assert await counting.passes(limit, "ada", times=2) == 1


async def test_forgiving_moves_the_end_of_a_window_only_when_nothing_is_left_in_it(counting: Counting) -> None:
    limit = a_limit(2, SHORT)
    await counting.passes(limit, times=2)
    await counting.wait(SHORT / 2)
    await counting.limiter.forgive(limit, "ada")
    assert (await counting.limiter.hit(limit, "ada")).resets_in <= SHORT / 2
    await counting.limiter.forgive(limit, "ada")
    await counting.limiter.forgive(limit, "ada")
    assert (await counting.limiter.hit(limit, "ada")).resets_in > SHORT / 2
