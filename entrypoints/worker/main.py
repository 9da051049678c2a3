"""One worker in this process: rings wake it, stops reach it, and it leaves nothing half done."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.engine.worker import Worker
from application.knowledge.ingestor import Ingestor
from entrypoints.container import RexContainer, answer_rings


@asynccontextmanager
async def working(container: RexContainer) -> AsyncIterator[asyncio.Task[None]]:
    """Work while the block lasts; then finish what can be finished in time and hand back the rest.

    Yields the task of the worker's loop, which ends by itself only through a defect.
    """
    worker: Worker = container.worker()
    ingestor: Ingestor = container.ingestor()
    broker = container.broker()
    answer_rings(broker, on_ready=worker.wake, on_stopped=worker.drop, on_document=ingestor.wake)
    await broker.startup()
    loop = asyncio.create_task(_both(worker, ingestor), name="worker")
    patience = container.settings().drain_patience
    try:
        yield loop
    finally:
        await asyncio.gather(worker.drain(patience), ingestor.drain(patience))
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop
        await broker.shutdown()


async def _both(worker: Worker, ingestor: Ingestor) -> None:
    """Runs and documents side by side: neither waits for the other."""
    async with asyncio.TaskGroup() as together:
        together.create_task(worker.run(), name="runs")
        together.create_task(ingestor.run(), name="ingestion")
