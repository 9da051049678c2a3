"""One worker in this process: rings wake it, stops reach it, and it leaves nothing half done."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.engine.worker import Worker
from entrypoints.container import RexContainer, answer_rings


@asynccontextmanager
async def working(container: RexContainer) -> AsyncIterator[asyncio.Task[None]]:
    """Work while the block lasts; then finish what can be finished in time and hand back the rest.

    Yields the task of the worker's loop, which ends by itself only through a defect.
    """
    worker: Worker = container.worker()
    broker = container.broker()
    answer_rings(broker, on_ready=worker.wake, on_stopped=worker.drop)
    await broker.startup()
    loop = asyncio.create_task(worker.run(), name="worker")
    try:
        yield loop
    finally:
        await worker.drain(container.settings().drain_patience)
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop
        await broker.shutdown()
