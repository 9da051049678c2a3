"""One worker in this process: rings wake it, stops reach it, and it leaves nothing half done."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from application.engine.worker import Worker
from application.knowledge.ingestor import Ingestor
from domain.errors import Unavailable
from entrypoints.container import RexContainer, answer_documents, answer_ready, answer_stopped, hear_all


class Works(Protocol):
    """Claims what waits when it is woken."""

    def wake(self) -> None: ...

    async def run(self) -> None: ...

    async def drain(self, patience: timedelta) -> None: ...


@asynccontextmanager
async def working(
    container: RexContainer, *, runs: bool = True, documents: bool = True
) -> AsyncIterator[asyncio.Task[None]]:
    """Work while the block lasts; then finish what can be finished in time and hand back the rest.

    Yields the task of its loops, which end by themselves only through a defect.
    """
    hands = [*([_runs(container)] if runs else []), *([_documents(container)] if documents else [])]
    loops = asyncio.create_task(_together(container, hands), name="worker")
    ears = asyncio.create_task(hear_all(container.doorbells(), clock=container.clock(), log=container.log()))
    patience = container.settings().drain_patience
    try:
        yield loops
    finally:
        await _cancelled(ears)  # who is leaving takes no ring away from the others
        await asyncio.gather(*(each.drain(patience) for each in hands))
        await _cancelled(loops)
        with contextlib.suppress(Unavailable):
            await container.ring_again()()  # others need not wait until they look for what was handed back


def _runs(container: RexContainer) -> Works:
    worker: Worker = container.worker()
    answer_ready(container.doorbells(), worker.wake)
    answer_stopped(container.doorbells(), worker.drop)
    return worker


def _documents(container: RexContainer) -> Works:
    ingestor: Ingestor = container.ingestor()
    answer_documents(container.doorbells(), ingestor.wake)
    return ingestor


async def _together(container: RexContainer, hands: Sequence[Works]) -> None:
    """Runs and documents side by side: neither waits for the other."""
    async with asyncio.TaskGroup() as together:
        for each in hands:
            together.create_task(each.run(), name=type(each).__name__)
        together.create_task(_look(container, hands), name="look for work")


async def _look(container: RexContainer, hands: Sequence[Works]) -> None:
    """Rings may be lost, and there may be no queue at all: each worker looks for itself now and then."""
    while True:
        await container.clock().sleep(container.settings().sweep_interval.total_seconds())
        for each in hands:
            each.wake()


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
