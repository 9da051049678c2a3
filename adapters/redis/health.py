"""Is Redis there."""

import asyncio
from collections.abc import Sequence
from typing import Final

from redis.asyncio import Redis

from application.ports.health_probe import Finding

PATIENCE_SECONDS: Final = 1.0
WITHOUT: Final = "work starts up to a second later, and each process counts requests for itself"


class RedisHealthProbe:
    """Nothing that was accepted depends on Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def findings(self) -> Sequence[Finding]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._redis.ping()
        except Exception as failure:
            detail = f"No answer ({type(failure).__name__}): {WITHOUT}"
            return [Finding(name="redis", is_up=False, detail=detail, is_needed=False)]
        return [Finding(name="redis", is_up=True, is_needed=False)]
