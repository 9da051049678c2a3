"""What only a Redis can do: be shared, go away, come back, forget everything, and keep what nobody read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from adapters.redis.circuit import Circuit
from adapters.system.system_clock import SystemClock
from adapters.taskiq import redis_streams, task_queue
from adapters.taskiq.answering import hear_all
from adapters.taskiq.doorbells import Doorbells, doorbells_on
from adapters.taskiq.task_queue import TaskQueue
from application.ports.job_queue import ExecutionReady, ExecutionStopped
from domain.ids import ExecutionId
from tests.contracts.test_job_queue import Ear, a_run, becomes, becomes_heard, listening
from tests.fakes.clock import FakeClock
from tests.redis_server import RedisServer
from tests.unit.application.engine.stage import Pages

READY = "rex:ready"
PATIENCE = 30.0
"""These tests count rings: none may be given up because the machine is busy."""


class House:
    """Processes that listen to one Redis, and one that only rings."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._guests = AsyncExitStack()
        self._bells = self.doorbells("nobody")
        self.queue = TaskQueue(self._bells, Pages(), Circuit(SystemClock(), warn=lambda _: None, patience=PATIENCE))

    def doorbells(self, consumer: str) -> Doorbells:
        return doorbells_on(self._url, consumer=consumer)

    async def enters(self, name: str) -> Ear:
        ear = Ear()
        await self._guests.enter_async_context(listening(self.doorbells(name), ear))
        await becomes_heard(self.queue, ear)
        return ear

    async def close(self) -> None:
        await self._guests.aclose()
        await self._bells.close()


@pytest.fixture
async def house(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(task_queue, "MAX_WAIT_SECONDS", PATIENCE)
    house = House(redis_server.url)
    yield house
    await house.close()


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_server.url) as client:
        yield client


async def test_a_run_wakes_one_of_many_and_a_stop_reaches_them_all(house: House) -> None:
    ears = [await house.enters(f"ear {each}") for each in range(3)]
    for _ in range(60):
        await house.queue.ring(a_run())
    await becomes(lambda: sum(ear.runs for ear in ears) >= 60)
    run = ExecutionId(uuid4())
    await house.queue.ring(ExecutionStopped(run))
    await becomes(lambda: all(run in ear.stopped for ear in ears))
    assert sum(ear.runs for ear in ears) == 60


async def test_nothing_is_left_unacknowledged(house: House, redis: Redis) -> None:
    ear = await house.enters("ear")
    for _ in range(20):
        await house.queue.ring(a_run())
    await becomes(lambda: ear.runs == 20)
    async with asyncio.timeout(5):
        while (await redis.xpending(READY, redis_streams.GROUP))["pending"]:
            await asyncio.sleep(0.02)


async def hears_again(house: House, ear: Ear) -> None:
    """Within seconds, without being told."""
    runs, stopped = ear.runs, ExecutionId(uuid4())
    async with asyncio.timeout(15):
        while ear.runs == runs or stopped not in ear.stopped:
            await house.queue.ring(a_run())
            await house.queue.ring(ExecutionStopped(stopped))
            await asyncio.sleep(0.1)


async def test_hears_again_after_a_restart_that_lost_everything(house: House, redis_server: RedisServer) -> None:
    ear = await house.enters("ear")
    redis_server.stop()
    await asyncio.sleep(0.7)
    redis_server.restart()
    await hears_again(house, ear)


async def test_hears_again_after_everything_was_flushed(house: House, redis_server: RedisServer) -> None:
    ear = await house.enters("ear")
    redis_server.flush()
    await hears_again(house, ear)


async def test_hears_again_after_its_connections_were_cut(house: House, redis: Redis) -> None:
    ear = await house.enters("ear")
    await redis.client_kill_filter(_type="normal", skipme=True)
    await hears_again(house, ear)


@pytest.mark.parametrize("is_cut", [False, True])
async def test_stops_listening_in_whatever_moment_it_is_told_to(
    redis_server: RedisServer, redis: Redis, is_cut: bool
) -> None:
    for moment in range(0, 60, 2):
        bells = doorbells_on(redis_server.url, consumer="ear", prefix=f"at {moment}")
        Ear().answers(bells)
        hearing = asyncio.create_task(hear_all(bells, clock=SystemClock(), log=Pages()))
        if is_cut:
            await asyncio.sleep(0.02)
            await redis.client_kill_filter(_type="normal", skipme=True)
        for _ in range(moment):
            await asyncio.sleep(0)
        hearing.cancel()
        await asyncio.wait([hearing], timeout=5)
        assert hearing.cancelled(), moment
        await bells.close()


async def test_listens_although_redis_comes_later(house: House, redis_server: RedisServer) -> None:
    redis_server.stop()
    ear = Ear()
    async with listening(house.doorbells("ear"), ear):
        await asyncio.sleep(0.2)
        redis_server.restart()
        await hears_again(house, ear)


async def test_what_somebody_was_killed_with_rings_elsewhere(
    house: House, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_streams, "LEFT_BEHIND_MS", 100)
    monkeypatch.setattr(redis_streams, "BLOCK_MS", 200)
    await redis.xgroup_create(READY, redis_streams.GROUP, id="0", mkstream=True)
    for _ in range(3):
        await house.queue.ring(a_run())
    await redis.xreadgroup(redis_streams.GROUP, "killed", {READY: ">"}, count=10)
    assert (await redis.xpending(READY, redis_streams.GROUP))["pending"] == 3
    ear = await house.enters("ear")
    await becomes(lambda: ear.runs == 3)
    assert (await redis.xpending(READY, redis_streams.GROUP))["pending"] == 0


async def test_forgets_processes_that_are_gone(house: House, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    await redis.xgroup_create(READY, redis_streams.GROUP, id="0", mkstream=True)
    await redis.xgroup_createconsumer(READY, redis_streams.GROUP, "gone")
    await house.enters("young")
    assert "gone" in await members(redis)
    await asyncio.sleep(0.1)
    monkeypatch.setattr(redis_streams, "CONSUMER_IS_GONE_MS", 50)
    await house.enters("ear")
    assert "gone" not in await members(redis)


async def members(redis: Redis) -> set[str]:
    return {each["name"].decode() for each in await redis.xinfo_consumers(READY, redis_streams.GROUP)}


@pytest.fixture
def few_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_streams, "MOST_RINGS", 100)


@pytest.mark.usefixtures("few_rings")
async def test_keeps_no_more_rings_than_are_worth_it(house: House, redis: Redis) -> None:
    for at in range(600):
        await house.queue.ring(a_run() if at % 2 else ExecutionStopped(ExecutionId(uuid4())))
    lengths = [await redis.xlen(name) for name in (READY, "rex:stopped")]
    assert all(100 <= length <= 250 for length in lengths), lengths  # whole nodes of a stream are cut off


async def test_a_redis_that_hangs_costs_one_ring_its_patience(redis_server: RedisServer) -> None:
    bells = doorbells_on(redis_server.url, consumer="nobody")
    said: list[str] = []
    queue = TaskQueue(bells, Pages(), Circuit(FakeClock(), warn=said.append, patience=0.05))
    redis_server.hang(1000)
    async with asyncio.timeout(0.9):
        for _ in range(100):
            await queue.ring(ExecutionReady(ExecutionId(uuid4())))
    assert len(said) == 1
    await bells.close()
