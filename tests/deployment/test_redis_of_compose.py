"""The command that the compose file starts Redis with, carried out by a redis-server of this machine.

The image's entrypoint is replaced by one that chooses the address; that it becomes another user is the image's affair.
"""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as NotThere
from redis.retry import Retry

from tests.deployment.compose import compose
from tests.deployment.test_compose import SECRETS
from tests.redis_server import NO_REDIS, free_port, program

PASSWORD = SECRETS["REDIS_PASSWORD"]
COMMAND: list[str] = compose(SECRETS)["services"]["redis"]["command"]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def redis(port: int, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    found = program()
    assert found is not None, NO_REDIS
    (tmp_path / "redis-server").symlink_to(found)
    entrypoint = tmp_path / "docker-entrypoint.sh"
    entrypoint.write_text(f'#!/bin/sh\nexec "$@" --bind 127.0.0.1 --port {port} --dir {tmp_path}\n')
    entrypoint.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "REDIS_PASSWORD": PASSWORD}
    process = subprocess.Popen(COMMAND, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answers(port: int, password: str | None) -> bool:
    with Redis(host="127.0.0.1", port=port, password=password, retry=Retry(NoBackoff(), 0)) as client:
        for _ in range(500):
            try:
                return bool(client.ping())
            except AuthenticationError:
                raise
            except NotThere:
                time.sleep(0.02)
    return False


def test_asks_for_its_password_and_shows_it_nobody(redis: "subprocess.Popen[bytes]", port: int) -> None:
    assert answers(port, PASSWORD)
    with pytest.raises(AuthenticationError):
        answers(port, None)
    listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"*:{port}" in listed or f"127.0.0.1:{port}" in listed
    assert PASSWORD not in listed


def test_keeps_what_it_is_told_and_stops_when_told(redis: "subprocess.Popen[bytes]", port: int, tmp_path: Path) -> None:
    assert answers(port, PASSWORD)
    with Redis(host="127.0.0.1", port=port, password=PASSWORD) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.set("ring", "1")
    redis.send_signal(signal.SIGTERM)
    assert redis.wait(timeout=10) == 0
    assert list(tmp_path.glob("append*"))


def test_goes_through_the_entrypoint_that_becomes_the_user_redis() -> None:
    assert COMMAND[:2] == ["sh", "-c"]
    assert COMMAND[2].startswith("exec docker-entrypoint.sh redis-server - ")
