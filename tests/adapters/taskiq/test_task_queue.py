"""Rings get through to whoever answers, and never hurt whoever rings."""

import asyncio
from uuid import uuid4

from taskiq import BrokerMessage, InMemoryBroker

from adapters.taskiq.task_queue import MAX_WAIT_SECONDS, TaskQueue, answer_rings
from application.ports.job_queue import ExecutionReady, ExecutionStopped
from domain.ids import ExecutionId
from tests.unit.application.engine.stage import Pages


class Heard:
    def __init__(self) -> None:
        self.ready = 0
        self.stopped: list[ExecutionId] = []

    def wake(self) -> None:
        self.ready += 1


async def test_wakes_the_worker_and_names_what_was_stopped() -> None:
    heard, broker = Heard(), InMemoryBroker()
    answer_rings(broker, on_ready=heard.wake, on_stopped=heard.stopped.append, on_document=lambda: None)
    queue, run = TaskQueue(broker, Pages()), ExecutionId(uuid4())
    await queue.ring(ExecutionReady(run))
    await queue.ring(ExecutionStopped(run))
    await broker.wait_all()
    assert (heard.ready, heard.stopped) == (1, [run])


async def test_rings_into_the_void_where_nobody_answers() -> None:
    log = Pages()
    await TaskQueue(InMemoryBroker(), log).ring(ExecutionReady(ExecutionId(uuid4())))
    assert log.lines == []


class Broken(InMemoryBroker):
    async def kick(self, message: BrokerMessage) -> None:
        raise ConnectionError("the queue is away")


class Stuck(InMemoryBroker):
    async def kick(self, message: BrokerMessage) -> None:
        await asyncio.sleep(60)


async def test_neither_fails_nor_waits_long_when_the_queue_is_away() -> None:
    for broker in (Broken(), Stuck()):
        log = Pages()
        answer_rings(broker, on_ready=lambda: None, on_stopped=lambda _: None, on_document=lambda: None)
        async with asyncio.timeout(MAX_WAIT_SECONDS * 8):
            await TaskQueue(broker, log).ring(ExecutionReady(ExecutionId(uuid4())))
        assert [message for _, message, _ in log.lines] == ["a ring did not get through"]
