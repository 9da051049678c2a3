"""Another process of REX: `python -m tests.adapters.redis.hitter URL NAME REQUESTS HITS` prints how many passed."""

import asyncio
import sys
from datetime import timedelta

from adapters.memory.in_process_rate_limiter import InProcessRateLimiter
from adapters.redis.circuit import Circuit
from adapters.redis.connections import impatient_redis
from adapters.redis.redis_rate_limiter import RedisRateLimiter
from adapters.system.system_clock import SystemClock
from domain.rate_limits.limit import Limit


def fail(text: str) -> None:
    raise AssertionError(text)


async def main(url: str, name: str, requests: str, hits: str) -> None:
    clock = SystemClock()
    limit = Limit(name=name, requests=int(requests), window=timedelta(minutes=1))
    redis = impatient_redis(url, connections=4)
    circuit = Circuit(clock, warn=fail, patience=5)
    limiter = RedisRateLimiter(redis, circuit, fallback=InProcessRateLimiter(clock), pepper=b"pepper")
    verdicts = await asyncio.gather(*(limiter.hit(limit, "ada") for _ in range(int(hits))))
    await redis.aclose()
    sys.stdout.write(f"{sum(each.allowed for each in verdicts)}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
