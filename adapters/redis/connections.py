"""Connections to Redis for calls that would rather fail than wait."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

CONNECTIONS = 32


def impatient_redis(url: str, *, connections: int = CONNECTIONS) -> Redis:
    """A client that opens its connections when needed; close it with `aclose()`.

    Nothing is tried twice: a command whose answer was lost may have been carried out. Connections that the server
    closed while they were idle are noticed and replaced before a command is sent. Nothing limits how long an answer
    takes: every caller says that with `asyncio.timeout`.
    """
    # With a time limit redis-py sends by asyncio.wait_for, which in Python 3.11 may lose a cancellation.
    pool = BlockingConnectionPool.from_url(
        url, max_connections=connections, retry=Retry(NoBackoff(), 0), socket_timeout=None
    )
    return Redis.from_pool(pool)
