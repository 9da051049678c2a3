"""Whether Redis is there is told in time, and nothing depends on it."""

import asyncio

from adapters.redis.connections import impatient_redis
from adapters.redis.health import PATIENCE_SECONDS, RedisHealthProbe
from tests.redis_server import RedisServer


async def test_tells_whether_redis_answers_is_away_or_hangs(redis_server: RedisServer) -> None:
    redis = impatient_redis(redis_server.url)
    probe = RedisHealthProbe(redis)
    [found] = await probe.findings()
    assert (found.name, found.is_up, found.is_needed) == ("redis", True, False)
    redis_server.hang(5000)
    async with asyncio.timeout(2 * PATIENCE_SECONDS):
        [found] = await probe.findings()
    assert (found.is_up, found.is_needed) == (False, False)
    redis_server.stop()
    [found] = await probe.findings()
    assert (found.is_up, found.is_needed) == (False, False)
    assert redis_server.url not in found.detail
    redis_server.restart()
    [found] = await probe.findings()
    assert found.is_up
    await redis.aclose()
