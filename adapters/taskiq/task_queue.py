"""Rings carried as taskiq tasks: whatever broker is plugged in, a message is a name and an id."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from taskiq import InMemoryBroker
from taskiq.kicker import AsyncKicker

from adapters.taskiq.doorbells import DOCUMENT_READY, READY, STOPPED, Doorbells
from application.nodes.node import RunLog
from application.ports.job_queue import DocumentReady, ExecutionReady, Ring

T = TypeVar("T")

MAX_WAIT_SECONDS: Final = 0.25


class Circuit(Protocol):
    async def ask(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """The answer, or None without asking while what is asked is known to be away."""


class TaskQueue:
    """Never raises: a ring that does not get through within 250 ms is made up for by whoever looks for work.

    `circuit` keeps every ring but one a second from waiting for a queue that is away.
    """

    def __init__(self, doorbells: Doorbells, log: RunLog, circuit: Circuit | None = None) -> None:
        self._doorbells = doorbells
        self._log = log
        self._circuit = circuit

    async def ring(self, ring: Ring) -> None:
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                if self._circuit is None:
                    await self._send(ring)
                else:
                    await self._circuit.ask(lambda: self._send(ring))
        except Exception as failure:
            self._log.write("warning", "a ring did not get through", ring=_name(ring), error=type(failure).__name__)

    async def _send(self, ring: Ring) -> None:
        name = _name(ring)
        broker = self._doorbells.named(name)
        if isinstance(broker, InMemoryBroker) and broker.find_task(name) is None:
            return  # nobody in this process answers
        kicker: AsyncKicker[[str], None] = AsyncKicker(name, broker, {})
        await kicker.kiq(_subject(ring))


def _name(ring: Ring) -> str:
    if isinstance(ring, DocumentReady):
        return DOCUMENT_READY
    return READY if isinstance(ring, ExecutionReady) else STOPPED


def _subject(ring: Ring) -> str:
    return str(ring.document_id if isinstance(ring, DocumentReady) else ring.execution_id)
