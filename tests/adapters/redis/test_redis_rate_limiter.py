"""Shared counters, and what happens without them."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from adapters.redis.connecting import redis_at
from adapters.redis.redis_rate_limiter import RedisRateLimiter
from domain.rate_limits.limit import Limit
from tests.fakes.clock import FakeClock
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.redis_server import NoRedis, RedisServer, redis_server

LIMIT = Limit(name="requests", requests=2, window=timedelta(seconds=30))


@pytest.fixture(scope="module")
def started() -> Iterator[RedisServer]:
    try:
        with redis_server() as server:
            yield server
    except NoRedis as missing:
        pytest.skip(str(missing))


@pytest.fixture
async def redis(started: RedisServer) -> AsyncIterator[Redis]:
    client = redis_at(started.url)
    await client.flushall()
    yield client
    await client.aclose()


class Counters:
    def __init__(self, redis: Redis) -> None:
        self.warnings: list[str] = []
        self.clock = FakeClock()
        self.limiter = RedisRateLimiter(redis, FakeRateLimiter(self.clock), self.clock, self.warnings.append)

    async def is_allowed(self, key: str = "ada@example.com") -> bool:
        return (await self.limiter.hit(LIMIT, key)).is_allowed


async def test_shares_one_budget_between_processes(redis: Redis) -> None:
    here, there = Counters(redis), Counters(redis)
    assert [await here.is_allowed(), await there.is_allowed(), await here.is_allowed()] == [True, True, False]


async def test_keeps_no_name_in_the_clear_and_no_counter_for_ever(redis: Redis) -> None:
    await Counters(redis).is_allowed()
    [key] = await redis.keys("*")
    assert str(key).startswith("b'rex:limit:")
    assert "ada" not in str(key)
    assert 0 < await redis.pttl(key) <= 30_000


async def test_counts_by_itself_while_redis_is_gone_and_says_so_once(redis: Redis, started: RedisServer) -> None:
    counters = Counters(redis)
    assert await counters.is_allowed()
    started.stop()
    try:
        begun = time.monotonic()
        assert [await counters.is_allowed() for _ in range(3)] == [True, True, False]
        await counters.limiter.forgive(LIMIT, "ada@example.com")
        assert time.monotonic() - begun < 1
        assert len(counters.warnings) == 1
    finally:
        started.start()
    counters.clock.advance(timedelta(seconds=2))
    assert await counters.is_allowed()
    assert len(await redis.keys("*")) == 1


async def test_waits_for_no_redis_that_hangs(redis: Redis, started: RedisServer) -> None:
    counters = Counters(redis)
    assert await counters.is_allowed()
    started.freeze()
    try:
        begun = time.monotonic()
        for _ in range(50):
            await counters.is_allowed()
        assert time.monotonic() - begun < 1
    finally:
        started.thaw()
    counters.clock.advance(timedelta(seconds=2))
    await counters.is_allowed()
    assert len(counters.warnings) == 1
