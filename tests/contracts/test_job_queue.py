"""What rings promise, within one process and between several on a Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from adapters.system.system_clock import SystemClock
from adapters.taskiq.answering import answer_documents, answer_ready, answer_stopped, hear_all
from adapters.taskiq.doorbells import Doorbells, doorbells_on, doorbells_within
from adapters.taskiq.task_queue import TaskQueue
from application.ports.job_queue import DocumentReady, ExecutionReady, ExecutionStopped, JobQueue
from domain.ids import DocumentId, ExecutionId
from tests.unit.application.engine.stage import Pages


class Ear:
    """A worker, as far as rings are concerned."""

    def __init__(self) -> None:
        self.runs = 0
        self.documents = 0
        self.stopped: list[ExecutionId] = []

    def run_waits(self) -> None:
        self.runs += 1

    def document_waits(self) -> None:
        self.documents += 1

    def answers(self, doorbells: Doorbells) -> None:
        answer_ready(doorbells, self.run_waits)
        answer_stopped(doorbells, self.stopped.append)
        answer_documents(doorbells, self.document_waits)


def a_run() -> ExecutionReady:
    return ExecutionReady(ExecutionId(uuid4()))


@asynccontextmanager
async def listening(doorbells: Doorbells, *ears: Ear) -> AsyncIterator[None]:
    for ear in ears:
        ear.answers(doorbells)
    hearing = asyncio.create_task(hear_all(doorbells, clock=SystemClock(), log=Pages()))
    try:
        yield
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        await doorbells.close()


async def becomes(is_so: Callable[[], bool], *, within: float = 10) -> None:
    async with asyncio.timeout(within):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.fixture(params=["memory", "redis"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[tuple[JobQueue, Ear]]:
    """A queue, and somebody who listens to it."""
    ear = Ear()
    if request.param == "memory":
        doorbells = doorbells_within()
    else:
        url: str = request.getfixturevalue("redis_url")
        doorbells = doorbells_on(url, consumer="ear", prefix=f"test-{uuid4().hex}")
    async with listening(doorbells, ear):
        yield TaskQueue(doorbells, Pages()), ear


async def test_wakes_whoever_works_on_runs(place: tuple[JobQueue, Ear]) -> None:
    queue, ear = place
    await queue.ring(a_run())
    await becomes(lambda: ear.runs == 1)
    assert (ear.documents, ear.stopped) == (0, [])


async def test_wakes_whoever_works_on_documents(place: tuple[JobQueue, Ear]) -> None:
    queue, ear = place
    await queue.ring(DocumentReady(DocumentId(uuid4())))
    await becomes(lambda: ear.documents == 1)
    assert (ear.runs, ear.stopped) == (0, [])


async def test_names_what_was_stopped(place: tuple[JobQueue, Ear]) -> None:
    queue, ear = place
    runs = [ExecutionId(uuid4()) for _ in range(3)]
    await becomes_heard(queue, ear)
    for run in runs:
        await queue.ring(ExecutionStopped(run))
    await becomes(lambda: len(ear.stopped) >= 3)
    assert ear.stopped[-3:] == runs


async def becomes_heard(queue: JobQueue, ear: Ear) -> None:
    """Stops are for those who listen when they ring: wait until that is so."""
    for _ in range(200):
        await queue.ring(ExecutionStopped(ExecutionId(uuid4())))
        await asyncio.sleep(0.05)
        if ear.stopped:
            await asyncio.sleep(0.2)
            return
    raise AssertionError("stops are never heard")


async def test_hears_many_rings(place: tuple[JobQueue, Ear]) -> None:
    queue, ear = place
    for _ in range(300):
        await queue.ring(a_run())
    await becomes(lambda: ear.runs == 300)
