"""What is wrong with a Redis is found out, also while it goes on answering questions."""

import pytest
from redis import Redis

from adapters.redis.connections import impatient_redis
from adapters.redis.examination import ExamineRedis
from application.ports.examination import Condition, Diagnosis
from tests.redis_server import RedisServer


async def examined(url: str) -> Diagnosis:
    redis = impatient_redis(url)
    try:
        (diagnosis,) = await ExamineRedis(redis)()
    finally:
        await redis.aclose()
    return diagnosis


async def test_a_redis_that_takes_what_is_written_is_sound(redis_server: RedisServer) -> None:
    assert (await examined(redis_server.url)).condition is Condition.SOUND


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        ("CONFIG SET maxmemory 1", "OutOfMemoryError"),
        ("REPLICAOF 127.0.0.1 1", "ReadOnlyError"),
    ],
)
async def test_one_that_refuses_to_write_is_in_trouble(redis_server: RedisServer, command: str, refusal: str) -> None:
    with Redis.from_url(redis_server.url) as redis:
        redis.execute_command(*command.split())
    found = await examined(redis_server.url)
    assert (found.condition, found.detail) == (Condition.TROUBLE, f"Refuses to write ({refusal})")
    assert found.remedy


async def test_one_that_is_away_is_in_trouble(redis_server: RedisServer) -> None:
    redis_server.stop()
    found = await examined(redis_server.url)
    assert found.condition is Condition.TROUBLE
    assert redis_server.url not in found.detail
