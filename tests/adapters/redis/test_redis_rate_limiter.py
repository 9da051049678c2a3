"""What only a server can do: go away, hang, come back, be shared and be read by others."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from adapters.memory.in_process_rate_limiter import InProcessRateLimiter
from adapters.redis.circuit import Circuit
from adapters.redis.connections import impatient_redis
from adapters.redis.redis_rate_limiter import RedisRateLimiter
from domain.rate_limits.limit import Limit, Verdict
from tests.fakes.clock import FakeClock
from tests.redis_server import RedisServer

REPOSITORY = Path(__file__).parents[3]
LIMIT = Limit(name="api", requests=3, window=timedelta(minutes=1))
PAUSE = timedelta(seconds=1)


class Scene:
    """A limiter on a server that may fail. The clock is ours: it decides when Redis is tried again, and no window."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.clock = FakeClock()
        self.warnings: list[str] = []
        self.fallback = InProcessRateLimiter(self.clock)
        circuit = Circuit(self.clock, warn=self.warnings.append)
        self.limiter = RedisRateLimiter(redis, circuit, fallback=self.fallback, pepper=b"pepper")

    async def hit(self, key: str = "ada") -> Verdict:
        begun = time.perf_counter()
        verdict = await self.limiter.hit(LIMIT, key)
        assert time.perf_counter() - begun < 0.25
        return verdict

    async def left(self, hits: int) -> list[int]:
        return [(await self.hit()).remaining for _ in range(hits)]


@pytest.fixture
async def scene(redis_server: RedisServer) -> AsyncIterator[Scene]:
    redis = impatient_redis(redis_server.url)
    yield Scene(redis)
    await redis.aclose()


async def test_counts_in_process_while_the_server_is_away_and_in_redis_when_it_is_back(
    scene: Scene, redis_server: RedisServer
) -> None:
    assert await scene.left(2) == [2, 1]
    redis_server.stop()
    assert await scene.left(4) == [2, 1, 0, 0]
    assert len(scene.warnings) == 1
    redis_server.restart()
    assert not (await scene.hit()).allowed  # nobody has looked yet
    scene.clock.advance(PAUSE)
    assert await scene.left(1) == [2]
    assert len(await scene.redis.keys("rex:limit:*")) == 1


async def test_a_server_that_hangs_costs_one_request_a_tenth_of_a_second(
    scene: Scene, redis_server: RedisServer
) -> None:
    await scene.hit()
    redis_server.hang(600)
    begun = time.perf_counter()
    assert await scene.left(3) == [2, 1, 0]
    assert time.perf_counter() - begun < 0.25
    await asyncio.sleep(0.7)
    scene.clock.advance(PAUSE)
    assert (await scene.hit("bob")).remaining == 2  # and not the late answer about somebody else


async def test_gives_back_in_process_what_was_counted_there(scene: Scene, redis_server: RedisServer) -> None:
    redis_server.stop()
    assert await scene.left(1) == [2]
    await scene.limiter.forgive(LIMIT, "ada")
    assert await scene.left(1) == [2]


async def test_a_server_that_refuses_to_write_is_away(scene: Scene) -> None:
    await scene.redis.config_set("maxmemory", "1")
    assert await scene.left(4) == [2, 1, 0, 0]
    assert len(scene.warnings) == 1


async def test_a_server_that_lost_its_scripts_is_told_again(scene: Scene) -> None:
    assert await scene.left(1) == [2]
    await scene.redis.script_flush()
    assert await scene.left(1) == [1]
    assert scene.warnings == []


async def test_an_address_where_nobody_listens_is_away() -> None:
    scene = Scene(impatient_redis("redis://127.0.0.1:1/0"))
    assert await scene.left(4) == [2, 1, 0, 0]
    await scene.redis.aclose()


async def test_a_count_ends_even_when_its_end_got_lost(scene: Scene) -> None:
    await scene.hit()
    [key] = await scene.redis.keys("*")
    await scene.redis.persist(key)
    await scene.hit()
    assert 0 < await scene.redis.pttl(key) <= 60_000


async def test_shows_no_address_and_no_e_mail_in_keys(scene: Scene) -> None:
    people = ["ada@example.com", "192.0.2.7"]
    for person in people:
        await scene.hit(person)
    keys = [str(key) for key in await scene.redis.keys("*")]
    assert len(keys) == len(people)
    assert all("rex:limit:api:" in key for key in keys)
    assert not any(word in key for key in keys for word in ("ada", "example", "192", "0.2"))


async def test_another_pepper_makes_other_keys(scene: Scene) -> None:
    circuit = Circuit(scene.clock, warn=scene.warnings.append)
    other = RedisRateLimiter(scene.redis, circuit, fallback=scene.fallback, pepper=b"salt")
    await scene.hit()
    await other.hit(LIMIT, "ada")
    assert len(await scene.redis.keys("*")) == 2


async def test_leaves_nothing_behind_when_the_window_has_ended(scene: Scene) -> None:
    await scene.limiter.hit(Limit(name="short", requests=3, window=timedelta(milliseconds=50)), "ada")
    assert len(await scene.redis.keys("*")) == 1
    await asyncio.sleep(0.1)
    assert await scene.redis.keys("*") == []


def test_two_processes_share_one_budget(redis_url: str) -> None:
    command = [sys.executable, "-m", "tests.adapters.redis.hitter", redis_url, f"test-{uuid4().hex}", "50", "40"]
    processes = [subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    passed = [int(process.communicate(timeout=30)[0]) for process in processes]
    assert sum(passed) == 50
    assert min(passed) >= 10
