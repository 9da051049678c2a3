"""Connections to Redis: a bounded number, which callers wait for instead of failing."""

from typing import Final

from redis.asyncio import BlockingConnectionPool, Redis

CONNECTIONS: Final = 20
CONNECT_SECONDS: Final = 1.0


def redis_at(url: str) -> Redis:
    """Connects when it is used first. Whoever made it closes it with `aclose`."""
    pool = BlockingConnectionPool.from_url(
        url, max_connections=CONNECTIONS, timeout=CONNECT_SECONDS, socket_connect_timeout=CONNECT_SECONDS
    )
    return Redis.from_pool(pool)
