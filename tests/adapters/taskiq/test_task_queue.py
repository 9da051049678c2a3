"""Whoever rings is never hurt by it."""

import asyncio
from uuid import uuid4

from taskiq import BrokerMessage, InMemoryBroker

from adapters.redis.circuit import Circuit
from adapters.taskiq.answering import answer_ready
from adapters.taskiq.doorbells import Doorbells, doorbells_within
from adapters.taskiq.task_queue import MAX_WAIT_SECONDS, TaskQueue
from application.ports.job_queue import ExecutionReady
from domain.ids import ExecutionId
from tests.fakes.clock import FakeClock
from tests.unit.application.engine.stage import Pages


async def test_rings_into_the_void_where_nobody_answers() -> None:
    log = Pages()
    await TaskQueue(doorbells_within(), log).ring(ExecutionReady(ExecutionId(uuid4())))
    assert log.lines == []


class Broken(InMemoryBroker):
    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def kick(self, message: BrokerMessage) -> None:
        self.asked += 1
        raise ConnectionError("the queue is away")


class Stuck(Broken):
    async def kick(self, message: BrokerMessage) -> None:
        self.asked += 1
        await asyncio.sleep(60)


def on(broker: InMemoryBroker) -> Doorbells:
    doorbells = Doorbells(ready=broker, stopped=broker, documents=broker)
    answer_ready(doorbells, lambda: None)
    return doorbells


async def test_neither_fails_nor_waits_long_when_the_queue_is_away() -> None:
    for broker in (Broken(), Stuck()):
        log = Pages()
        async with asyncio.timeout(MAX_WAIT_SECONDS * 8):
            await TaskQueue(on(broker), log).ring(ExecutionReady(ExecutionId(uuid4())))
        assert [message for _, message, _ in log.lines] == ["a ring did not get through"]


async def test_only_the_first_of_many_rings_waits_for_a_queue_that_is_away() -> None:
    for broker in (Broken(), Stuck()):
        said: list[str] = []
        circuit = Circuit(FakeClock(), warn=said.append, consequence="nobody hears")
        queue = TaskQueue(on(broker), Pages(), circuit)
        async with asyncio.timeout(MAX_WAIT_SECONDS * 8):
            for _ in range(100):
                await queue.ring(ExecutionReady(ExecutionId(uuid4())))
        assert broker.asked == 1
        assert len(said) == 1
        assert said[0].endswith("nobody hears")
