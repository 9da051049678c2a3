"""So many in a window and no more, whoever counts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.redis.connecting import redis_at
from adapters.redis.redis_rate_limiter import RedisRateLimiter
from adapters.system.local_rate_limiter import LocalRateLimiter
from adapters.system.system_clock import SystemClock
from application.ports.rate_limiter import RateLimiter
from domain.rate_limits.limit import Limit
from tests.fakes.clock import FakeClock
from tests.fakes.rate_limiter import FakeRateLimiter

WINDOW = timedelta(milliseconds=400)


@dataclass(frozen=True)
class Counting:
    """A limiter, and how time passes for it."""

    limiter: RateLimiter
    wait: Callable[[timedelta], Awaitable[None]]

    def limit(self, requests: int) -> Limit:
        """One that nobody else counts against."""
        return Limit(name=uuid4().hex, requests=requests, window=WINDOW)


@pytest.fixture(params=["fake", "local", "redis"])
async def counting(request: pytest.FixtureRequest) -> AsyncIterator[Counting]:
    clock = FakeClock()

    async def advance(by: timedelta) -> None:
        clock.advance(by)

    async def sleep(by: timedelta) -> None:
        await asyncio.sleep(by.total_seconds())

    if request.param != "redis":
        yield Counting(FakeRateLimiter(clock) if request.param == "fake" else LocalRateLimiter(clock), advance)
        return
    redis = redis_at(request.getfixturevalue("redis_url"))
    fallback = FakeRateLimiter(clock)

    def no_warning(text: str) -> None:
        raise AssertionError(text)

    yield Counting(RedisRateLimiter(redis, fallback, SystemClock(), no_warning), sleep)
    await redis.aclose()


async def test_allows_as_many_as_the_limit_says(counting: Counting) -> None:
    limit = counting.limit(3)
    verdicts = [await counting.limiter.hit(limit, "ada") for _ in range(5)]
    assert [each.is_allowed for each in verdicts] == [True, True, True, False, False]
    assert [each.remaining for each in verdicts] == [2, 1, 0, 0, 0]
    assert all(each.limit == 3 for each in verdicts)
    assert all(timedelta(0) < each.resets_in <= WINDOW for each in verdicts)
    assert verdicts[0].seconds == 1


async def test_begins_anew_when_the_window_has_passed(counting: Counting) -> None:
    limit = counting.limit(1)
    await counting.limiter.hit(limit, "ada")
    assert not (await counting.limiter.hit(limit, "ada")).is_allowed
    await counting.wait(WINDOW + timedelta(milliseconds=20))
    assert (await counting.limiter.hit(limit, "ada")).is_allowed


async def test_does_not_make_those_wait_longer_who_cannot_wait(counting: Counting) -> None:
    limit = counting.limit(1)
    await counting.limiter.hit(limit, "ada")
    for _ in range(3):
        await counting.wait(WINDOW / 4)
        assert not (await counting.limiter.hit(limit, "ada")).is_allowed
    await counting.wait(WINDOW / 4)
    assert (await counting.limiter.hit(limit, "ada")).is_allowed


async def test_counts_keys_and_limits_apart(counting: Counting) -> None:
    one, other = counting.limit(1), counting.limit(1)
    for limit, key in ((one, "ada"), (one, "grace"), (other, "ada")):
        assert (await counting.limiter.hit(limit, key)).is_allowed
        assert not (await counting.limiter.hit(limit, key)).is_allowed


async def test_counts_exactly_when_many_come_at_once(counting: Counting) -> None:
    limit = Limit(name=uuid4().hex, requests=50, window=timedelta(seconds=30))
    verdicts = await asyncio.gather(*(counting.limiter.hit(limit, "ada") for _ in range(200)))
    assert sum(each.is_allowed for each in verdicts) == 50


async def test_takes_one_back(counting: Counting) -> None:
    limit = counting.limit(1)
    await counting.limiter.forgive(limit, "ada")
    assert (await counting.limiter.hit(limit, "ada")).is_allowed
    await counting.limiter.forgive(limit, "ada")
    assert (await counting.limiter.hit(limit, "ada")).is_allowed
    assert not (await counting.limiter.hit(limit, "ada")).is_allowed


async def test_forgives_no_more_than_was_done(counting: Counting) -> None:
    limit = counting.limit(1)
    await counting.limiter.hit(limit, "ada")
    for _ in range(3):
        await counting.limiter.forgive(limit, "ada")
    assert (await counting.limiter.hit(limit, "ada")).is_allowed
    assert not (await counting.limiter.hit(limit, "ada")).is_allowed
