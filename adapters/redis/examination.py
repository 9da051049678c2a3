"""Whether Redis is there, new enough, and takes what is written."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from application.ports.examination import Diagnosis
from domain.errors import Unavailable

LEAST_VERSION: Final = (6, 2)
"""Pending entries of streams are claimed automatically since 6.2."""

PATIENCE_SECONDS: Final = 2.0
TRIAL_KEY: Final = "rex:examined"
TRIAL_MS: Final = 1000
NOT_THERE: Final = "Redis does not answer"


class ExamineRedis:
    check = "redis"

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis

    async def __call__(self) -> Sequence[Diagnosis]:
        if self._redis is None:
            return [Diagnosis.sound(self.check, "not set: fine for one process, see REDIS_URL for more")]
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                version = str((await self._redis.info("server"))["redis_version"])
        except (RedisError, OSError) as failure:
            remedy = "Start Redis, and check REDIS_URL: host, port and password. Until then runs start late, by sweeps"
            return [Diagnosis.trouble(self.check, f"{NOT_THERE} ({type(failure).__name__})", remedy=remedy)]
        if tuple(int(each) for each in version.split(".")[:2]) < LEAST_VERSION:
            return [Diagnosis.trouble(self.check, f"Version {version} is too old", remedy="Install Redis 6.2 or newer")]
        if (refusal := await self._refusal_to_write()) is not None:
            remedy = "Give Redis more memory or disk, and REX the master and the right to write to rex:* keys"
            return [Diagnosis.trouble(self.check, f"Refuses to write ({refusal})", remedy=remedy)]
        return [Diagnosis.sound(self.check, f"version {version}")]

    async def _refusal_to_write(self) -> str | None:
        """Rings and counters are written. One that is full, a replica or without disk goes on answering questions."""
        assert self._redis is not None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._redis.set(TRIAL_KEY, "", px=TRIAL_MS)
        except (RedisError, OSError) as failure:
            return type(failure).__name__
        return None


async def now_of(redis: Redis) -> datetime:
    """Raise Unavailable."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            seconds, microseconds = await redis.time()
    except (RedisError, OSError) as failure:
        raise Unavailable(NOT_THERE) from failure
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)
