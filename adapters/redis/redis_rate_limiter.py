"""Counters in Redis, shared by all processes."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from application.ports.clock import Clock
from application.ports.rate_limiter import RateLimiter
from domain.rate_limits.limit import Limit, Verdict

PATIENCE_SECONDS: Final = 0.1
REST_SECONDS: Final = 1.0
"""How long Redis is left alone after it did not answer."""

WARN_AGAIN_SECONDS: Final = 10.0

_HIT: Final = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""
_FORGIVE: Final = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
"""


class RedisRateLimiter:
    """One round trip each, in a script, so that a counter without an end cannot come to be. Redis's own clock ends the
    windows. Keys are kept as digests: they name people and their addresses.

    While Redis does not answer in time, `fallback` counts: each process by itself, so limits are then as many times
    wider as there are processes.
    """

    def __init__(self, redis: Redis, fallback: RateLimiter, clock: Clock, warn: Callable[[str], None]) -> None:
        self._hit = redis.register_script(_HIT)
        self._forgive = redis.register_script(_FORGIVE)
        self._fallback = fallback
        self._clock = clock
        self._warn = warn
        self._resting_until = 0.0
        self._silent_until = 0.0

    async def hit(self, limit: Limit, key: str) -> Verdict:
        if self._clock.monotonic() >= self._resting_until:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    milliseconds = max(1, limit.window // timedelta(milliseconds=1))
                    count, left = await self._hit(keys=[_name(limit, key)], args=[milliseconds])
                return Verdict.of(limit, count=int(count), resets_in=timedelta(milliseconds=max(0, int(left))))
            except (RedisError, OSError, TimeoutError) as failure:
                self._rest(failure)
        return await self._fallback.hit(limit, key)

    async def forgive(self, limit: Limit, key: str) -> None:
        await self._fallback.forgive(limit, key)
        if self._clock.monotonic() >= self._resting_until:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._forgive(keys=[_name(limit, key)])
            except (RedisError, OSError, TimeoutError) as failure:
                self._rest(failure)

    def _rest(self, failure: Exception) -> None:
        now = self._clock.monotonic()
        self._resting_until = now + REST_SECONDS
        if now >= self._silent_until:
            self._silent_until = now + WARN_AGAIN_SECONDS
            self._warn(f"Redis does not answer ({type(failure).__name__}): each process counts requests by itself")


def _name(limit: Limit, key: str) -> str:
    digest = hashlib.blake2b(f"{limit.name}\0{key}".encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return f"rex:limit:{digest}"
