"""Many documents at once wake few workers, and none of them waits to be found."""

import asyncio
from uuid import uuid4

from adapters.taskiq.gathered_rings import GatheredRings
from application.ports.job_queue import DocumentReady, ExecutionReady, Ring
from domain.ids import DocumentId, ExecutionId
from tests.fakes.clock import FakeClock
from tests.fakes.job_queue import FakeJobQueue


class HeldClock(FakeClock):
    """Those who sleep do so until the test lets them go on."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[asyncio.Event] = []

    async def sleep(self, seconds: float) -> None:
        sleeper = asyncio.Event()
        self._sleepers.append(sleeper)
        await sleeper.wait()

    async def passes(self) -> None:
        """The time that was slept for, and what it leads to."""
        for _ in range(3):
            await asyncio.sleep(0)
        sleepers, self._sleepers = self._sleepers, []
        for each in sleepers:
            each.set()
        for _ in range(3):
            await asyncio.sleep(0)


def documents(count: int) -> list[Ring]:
    return [DocumentReady(DocumentId(uuid4())) for _ in range(count)]


async def test_many_documents_ring_at_once_and_once_more_after_the_last() -> None:
    clock, heard = HeldClock(), FakeJobQueue()
    queue = GatheredRings(heard, clock)
    coming = documents(20)
    for each in coming:
        await queue.ring(each)
    assert heard.rings == coming[:1]
    await clock.passes()
    assert heard.rings == [coming[0], coming[-1]]


async def test_a_document_after_a_silence_rings_at_once() -> None:
    clock, heard = HeldClock(), FakeJobQueue()
    queue = GatheredRings(heard, clock)
    coming = documents(3)
    for each in coming:
        await queue.ring(each)
        await clock.passes()
    assert heard.rings == coming


async def test_what_keeps_coming_keeps_ringing() -> None:
    clock, heard = HeldClock(), FakeJobQueue()
    queue = GatheredRings(heard, clock)
    await queue.ring(documents(1)[0])
    for while_going_on in range(2, 6):
        for each in documents(5):
            await queue.ring(each)
        await clock.passes()
        assert len(heard.rings) == while_going_on


async def test_runs_are_not_gathered() -> None:
    clock, heard = HeldClock(), FakeJobQueue()
    queue = GatheredRings(heard, clock)
    runs: list[Ring] = [ExecutionReady(ExecutionId(uuid4())) for _ in range(5)]
    for each in runs:
        await queue.ring(each)
    assert heard.rings == runs
