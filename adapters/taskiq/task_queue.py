"""Rings carried as taskiq tasks: whatever broker is plugged in, a message is a name and an id."""

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

from taskiq import AsyncBroker

from application.nodes.node import RunLog
from application.ports.job_queue import DocumentReady, ExecutionReady, Ring
from domain.ids import ExecutionId

MAX_WAIT_SECONDS: Final = 0.25
READY: Final = "execution_ready"
STOPPED: Final = "execution_stopped"
DOCUMENT_READY: Final = "document_ready"


class TaskQueue:
    """Never raises: a ring that does not get through within 250 ms is logged, and made up for by the sweeper."""

    def __init__(self, broker: AsyncBroker, log: RunLog) -> None:
        self._broker = broker
        self._log = log

    async def ring(self, ring: Ring) -> None:
        task = self._broker.find_task(_name(ring))
        if task is None:
            return
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await task.kiq(_subject(ring))
        except Exception as failure:
            self._log.write("warning", "a ring did not get through", ring=_name(ring), error=type(failure).__name__)


def _name(ring: Ring) -> str:
    if isinstance(ring, DocumentReady):
        return DOCUMENT_READY
    return READY if isinstance(ring, ExecutionReady) else STOPPED


def _subject(ring: Ring) -> str:
    return str(ring.document_id if isinstance(ring, DocumentReady) else ring.execution_id)


def answer_rings(
    broker: AsyncBroker,
    *,
    on_ready: Callable[[], None],
    on_stopped: Callable[[ExecutionId], None],
    on_document: Callable[[], None],
) -> None:
    """Register what happens in this process when a ring arrives."""

    async def execution_ready(execution_id: str) -> None:
        """The id is for people reading the queue: a worker takes whatever has waited longest."""
        on_ready()

    async def execution_stopped(execution_id: str) -> None:
        on_stopped(ExecutionId(UUID(execution_id)))

    async def document_ready(document_id: str) -> None:
        """As with runs, whatever has waited longest is taken."""
        on_document()

    broker.register_task(execution_ready, task_name=READY)
    broker.register_task(execution_stopped, task_name=STOPPED)
    broker.register_task(document_ready, task_name=DOCUMENT_READY)
