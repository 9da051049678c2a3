"""One broker for each kind of ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from taskiq import AsyncBroker, InMemoryBroker

from adapters.taskiq.redis_streams import ToAll, ToOne

READY: Final = "execution_ready"
STOPPED: Final = "execution_stopped"
DOCUMENT_READY: Final = "document_ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorbells:
    """`ready` and `documents` wake one worker, `stopped` reaches every one: nobody knows which of them has the run."""

    ready: AsyncBroker
    stopped: AsyncBroker
    documents: AsyncBroker

    def named(self, ring: str) -> AsyncBroker:
        return {READY: self.ready, STOPPED: self.stopped, DOCUMENT_READY: self.documents}[ring]

    @property
    def brokers(self) -> Sequence[AsyncBroker]:
        """Each once."""
        return list({id(each): each for each in (self.ready, self.stopped, self.documents)}.values())

    async def close(self) -> None:
        for each in self.brokers:
            await each.shutdown()


def doorbells_within() -> Doorbells:
    """Heard in this process alone."""
    broker = InMemoryBroker()
    return Doorbells(ready=broker, stopped=broker, documents=broker)


def doorbells_on(redis_url: str, *, consumer: str, prefix: str = "rex") -> Doorbells:
    """Heard by all processes on this Redis. `consumer` is the name of this one, different from all others."""
    return Doorbells(
        ready=ToOne(redis_url, stream=f"{prefix}:ready", consumer=consumer),
        stopped=ToAll(redis_url, stream=f"{prefix}:stopped"),
        documents=ToOne(redis_url, stream=f"{prefix}:documents", consumer=consumer),
    )
