"""taskiq's Redis Streams as doorbells: bounded in length, and heard again after whatever happened to Redis.

Messages are rings and no work, so reading starts wherever it can: at the oldest ring that is left for those that one
worker answers, at the newest for those that every worker hears.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, TypeAlias

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from taskiq import AckableMessage
from taskiq_redis import RedisStreamBroker

CONNECTIONS: Final = 32
GROUP: Final = "workers"
MOST_RINGS: Final = 10_000
"""What is kept of rings that nobody reads; the older ones are made up for by looking."""

BLOCK_MS: Final = 2000
LEFT_BEHIND_MS: Final = 5000
"""Rings are acknowledged when they are received: whoever holds one for so long was killed with it in hand."""

CONSUMER_IS_GONE_MS: Final = timedelta(hours=1) // timedelta(milliseconds=1)
PATIENCE_SECONDS: Final = 5.0
"""Longer than a read blocks: a server that says nothing for so long is away."""

ON_CONNECTIONS: Final[dict[str, Any]] = {
    "max_connection_pool_size": CONNECTIONS,
    "retry": Retry(NoBackoff(), 0),
    # With a limit of its own redis-py sends by asyncio.wait_for, which in Python 3.11 may lose a cancellation: a
    # process that was told to stop would then listen on for ever.
    "socket_timeout": None,
}

Message: TypeAlias = tuple[bytes, dict[bytes, bytes]]


class ToOne(RedisStreamBroker):
    """Each ring is answered by one of the processes that listen."""

    def __init__(self, url: str, *, stream: str, consumer: str) -> None:
        super().__init__(
            url,
            queue_name=stream,
            consumer_group_name=GROUP,
            consumer_name=consumer,
            consumer_id="0",
            maxlen=MOST_RINGS,
            **ON_CONNECTIONS,
        )

    async def startup(self) -> None:
        """Find or make the group, and forget its members that are gone."""
        async with asyncio.timeout(PATIENCE_SECONDS), Redis(connection_pool=self.connection_pool) as redis:
            await super().startup()
            for each in await redis.xinfo_consumers(self.queue_name, GROUP):
                if each["pending"] == 0 and each["idle"] > CONSUMER_IS_GONE_MS:
                    await redis.xgroup_delconsumer(self.queue_name, GROUP, each["name"])

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """New rings, and before them those that somebody was killed with.

        Raise RedisError or OSError when Redis is away.
        """
        async with Redis(connection_pool=self.connection_pool) as redis:
            while True:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    messages = [*await self._left_behind(redis), *await self._new(redis)]
                for id, fields in messages:
                    yield AckableMessage(data=fields[b"data"], ack=self._acknowledging(id))

    async def _new(self, redis: Redis) -> Sequence[Message]:
        read = await redis.xreadgroup(GROUP, self.consumer_name, {self.queue_name: ">"}, count=100, block=BLOCK_MS)
        return _messages(read)

    async def _left_behind(self, redis: Redis) -> Sequence[Message]:
        """Here, because taskiq-redis looks for them only after a read that found something."""
        claimed = await redis.xautoclaim(
            self.queue_name, GROUP, self.consumer_name, min_idle_time=LEFT_BEHIND_MS, count=100
        )
        return [(id, fields) for id, fields in claimed[1] if fields]

    def _acknowledging(self, id: bytes) -> Callable[[], Awaitable[None]]:
        async def acknowledge() -> None:
            """A ring whose acknowledgement is lost is heard once more, which does no harm."""
            with suppress(RedisError, OSError):
                async with asyncio.timeout(PATIENCE_SECONDS), Redis(connection_pool=self.connection_pool) as redis:
                    await redis.xack(self.queue_name, GROUP, id)

        return acknowledge


class ToAll(RedisStreamBroker):
    """Each ring is heard by every process that listens when it rings."""

    def __init__(self, url: str, *, stream: str) -> None:
        super().__init__(
            url,
            queue_name=stream,
            maxlen=MOST_RINGS,
            **ON_CONNECTIONS,
        )

    async def _declare_consumer_group(self) -> None:
        """A group shares rings out; here everybody reads for themselves."""

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Nothing is kept for those who do not listen. Raise RedisError or OSError when Redis is away."""
        async with Redis(connection_pool=self.connection_pool) as redis:
            async with asyncio.timeout(PATIENCE_SECONDS):
                newest = await redis.xrevrange(self.queue_name, count=1)
            after: Any = newest[0][0] if newest else "0"
            while True:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    read = await redis.xread({self.queue_name: after}, count=100, block=BLOCK_MS)
                for id, fields in _messages(read):
                    after = id
                    yield AckableMessage(data=fields[b"data"], ack=_nothing_to_acknowledge)


def _messages(read: Any) -> Sequence[Message]:
    """Of the one stream that was read; the answer's form depends on the protocol that was agreed on."""
    streams = read.items() if isinstance(read, dict) else read or ()
    found: list[Message] = []
    for _, messages in streams:
        found += messages
    return found


async def _nothing_to_acknowledge() -> None:
    return
