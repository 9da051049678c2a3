"""Rate limits counted in Redis, one budget for all processes."""

from datetime import timedelta
from hashlib import blake2b
from typing import Final, cast

from redis.asyncio import Redis

from adapters.redis.circuit import Circuit
from application.ports.rate_limiter import RateLimiter
from domain.rate_limits.limit import Limit, Verdict

MILLISECOND: Final = timedelta(milliseconds=1)

# A count without an end would lock its key out for good, so a missing one is given an end, wherever it got lost.
HIT: Final = """
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local allowed = used < tonumber(ARGV[1])
if allowed then used = redis.call('INCR', KEYS[1]) end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {allowed and 1 or 0, used, left}
"""

FORGIVE: Final = """
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
if used > 1 then redis.call('DECR', KEYS[1]) elseif used == 1 then redis.call('DEL', KEYS[1]) end
return 1
"""


class RedisRateLimiter:
    """One round trip per hit; Redis's own clock decides when a window ends. `fallback` judges while Redis is away.

    Keys are `rex:limit:<name>:<digest>`. Digests are keyed with `pepper`, the same in all processes, so that whoever
    reads Redis cannot find out an address or an e-mail by trying. Each count is gone with its window.
    """

    def __init__(self, redis: Redis, circuit: Circuit, *, fallback: RateLimiter, pepper: bytes) -> None:
        self._circuit = circuit
        self._fallback = fallback
        self._pepper = blake2b(pepper).digest()
        self._hit = redis.register_script(HIT)
        self._forgive = redis.register_script(FORGIVE)

    async def hit(self, limit: Limit, key: str) -> Verdict:
        async def counted() -> Verdict:
            window = limit.window // MILLISECOND
            answer = await self._hit(keys=[self._name(limit, key)], args=[limit.requests, window])
            allowed, used, left = cast("tuple[int, int, int]", answer)
            return limit.verdict(allowed=bool(allowed), used=used, resets_in=left * MILLISECOND)

        return await self._circuit.ask(counted) or await self._fallback.hit(limit, key)

    async def forgive(self, limit: Limit, key: str) -> None:
        async def forgiven() -> bool:
            return bool(await self._forgive(keys=[self._name(limit, key)]))

        if not await self._circuit.ask(forgiven):
            await self._fallback.forgive(limit, key)

    def _name(self, limit: Limit, key: str) -> str:
        digest = blake2b(key.encode(errors="surrogatepass"), key=self._pepper, digest_size=16)
        return f"rex:limit:{limit.name}:{digest.hexdigest()}"
