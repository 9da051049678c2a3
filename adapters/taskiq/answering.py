"""What happens in this process when it rings."""

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

from taskiq import AsyncBroker, InMemoryBroker
from taskiq.acks import AcknowledgeType
from taskiq.receiver import Receiver

from adapters.taskiq.doorbells import DOCUMENT_READY, READY, STOPPED, Doorbells
from application.nodes.node import RunLog
from application.ports.clock import Clock
from domain.ids import ExecutionId

AT_ONCE: Final = 32
PAUSE_SECONDS: Final = 0.5
COMPLAINS_EVERY_SECONDS: Final = 10.0


def answer_ready(doorbells: Doorbells, wake: Callable[[], None]) -> None:
    async def execution_ready(execution_id: str) -> None:
        """The id is for people reading the queue: a worker takes whatever has waited longest."""
        wake()

    doorbells.ready.register_task(execution_ready, task_name=READY)


def answer_documents(doorbells: Doorbells, wake: Callable[[], None]) -> None:
    async def document_ready(document_id: str) -> None:
        """As with runs, whatever has waited longest is taken."""
        wake()

    doorbells.documents.register_task(document_ready, task_name=DOCUMENT_READY)


def answer_stopped(doorbells: Doorbells, drop: Callable[[ExecutionId], None]) -> None:
    async def execution_stopped(execution_id: str) -> None:
        drop(ExecutionId(UUID(execution_id)))

    doorbells.stopped.register_task(execution_stopped, task_name=STOPPED)


async def hear_all(doorbells: Doorbells, *, clock: Clock, log: RunLog) -> None:
    """Answer what rings until cancelled. Where nobody answers, rings are left to other processes."""
    async with asyncio.TaskGroup() as together:
        for broker in doorbells.brokers:
            if broker.get_all_tasks():
                together.create_task(hear(broker, clock=clock, log=log))


async def hear(broker: AsyncBroker, *, clock: Clock, log: RunLog) -> None:
    """Hold out until cancelled, however often Redis goes away, comes back or forgets everything."""
    if isinstance(broker, InMemoryBroker):
        return  # whoever rings calls whoever answers
    quiet_until = clock.monotonic()
    while True:
        try:
            # A new one each time: what it holds of messages under way is lost with the connection.
            receiver = Receiver(broker, max_async_tasks=AT_ONCE, ack_type=AcknowledgeType.WHEN_RECEIVED)
            await receiver.listen(asyncio.Event())
        except Exception as failure:
            if clock.monotonic() >= quiet_until:
                quiet_until = clock.monotonic() + COMPLAINS_EVERY_SECONDS
                log.write("warning", "rings cannot be heard now: workers look for work", error=_kind(failure))
        _unless_cancelled()
        await clock.sleep(PAUSE_SECONDS)


def _unless_cancelled() -> None:
    """The receiver's group of tasks forgets a cancellation that comes in the moment when one of them fails."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _kind(failure: BaseException) -> str:
    """By the name of its type: texts may hold addresses and passwords."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return type(failure).__name__
