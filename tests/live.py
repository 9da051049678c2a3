"""A real REX: `rex up`, or a part of it, as a process of its own, on a free port."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from atexit import register
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_SECONDS = 60


class LiveRex:
    """One data directory that processes come and go on."""

    def __init__(self, data_dir: Path, *command: str, **environment: str) -> None:
        """`command` is what the process does: `up` unless said otherwise."""
        self.data_dir = data_dir
        self._command = command or ("up",)
        self.port = free_port()
        self._environment = environment
        self.process: subprocess.Popen[str] | None = None
        self._is_beginning = False
        self._log = Path(f"{data_dir}.log")

    @classmethod
    @contextmanager
    def new(cls, **environment: str) -> Iterator["LiveRex"]:
        """It starts where there is nothing yet: what a person sees the first time."""
        with _data_dir() as data_dir, cls(data_dir, **environment)._ending() as rex:
            rex.start()
            yield rex

    @classmethod
    @contextmanager
    def fresh(cls, **environment: str) -> Iterator["LiveRex"]:
        """It was installed, and nobody has used it yet. Quicker than `new`, and the same to whoever uses it."""
        with cls.resting(**environment) as rex:
            rex.start()
            yield rex

    @classmethod
    @contextmanager
    def resting(cls, **environment: str) -> Iterator["LiveRex"]:
        """Like `fresh`, and not running."""
        with _data_dir() as data_dir, cls(data_dir, **environment)._ending() as rex:
            subprocess.run(["cp", "-a", f"{_installed()}/.", str(data_dir)], check=True)
            yield rex

    @contextmanager
    def _ending(self) -> Iterator["LiveRex"]:
        try:
            yield self
        finally:
            self.stop()
            self._log.unlink(missing_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def name(self) -> str:
        return f"rex {' '.join(self._command)} on port {self.port}"

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and before it was started."""
        return None if self.process is None else self.process.poll()

    def environment(self) -> dict[str, str]:
        """Nothing of ours leaks in, and processes keep what they compiled, as they do for everybody."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("POSTGRES_", "DATABASE_", "REX_", "BACKEND_", "JWT_", "REDIS_", "ENCRYPTION_"))
            and name != "PYTHONDONTWRITEBYTECODE"
        }
        return inherited | {
            "REX_DATA_DIR": str(self.data_dir),
            "BACKEND_HOST": "127.0.0.1",
            "BACKEND_PORT": str(self.port),
            "LOG_LEVEL": "warning",
            **self._environment,
        }

    def set(self, **environment: str) -> None:
        """For processes that start from now on."""
        self._environment |= environment

    @property
    def said(self) -> str:
        """All that its processes wrote to standard error."""
        return self._log.read_text() if self._log.exists() else ""

    def spawn(self) -> "subprocess.Popen[str]":
        """A process that may or may not get ready."""
        with self._log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "entrypoints.cli", *self._command],
                cwd=ROOT,
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def start(self) -> None:
        self.begin()
        self.gets_ready()

    def begin(self) -> None:
        self.process = self.spawn()
        self._is_beginning = True

    def gets_ready(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        too_late = threading.Timer(START_SECONDS, self.process.kill)
        too_late.start()
        try:
            for line in self.process.stdout:
                if "REX is ready" in line:
                    self._is_beginning = False
                    return
        finally:
            too_late.cancel()
        raise AssertionError(f"{self.name} ended with {self.wait()}: {self.said}")

    def recovers(self) -> None:
        """Wait for a process that was begun again."""
        if self._is_beginning:
            self.gets_ready()

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """As the kernel would: no goodbye."""
        self.signal(signal.SIGKILL)
        self.wait()

    def interrupt(self) -> None:
        """Ask it to stop, and do not wait."""
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGTERM)

    def stop(self) -> int:
        if self.process is None:
            return 0
        self.interrupt()
        return self.wait()

    def wait(self, *, within: float = START_SECONDS) -> int:
        assert self.process is not None
        code = self.process.wait(timeout=within)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def cli(self, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Another process on the same data directory."""
        return subprocess.run(
            [sys.executable, "-m", "entrypoints.cli", *words],
            cwd=ROOT,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )

    def resident_megabytes(self) -> float:
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kilobytes) / 1024


@contextmanager
def _data_dir() -> Iterator[Path]:
    data_dir = Path(tempfile.mkdtemp(prefix="rex-test-"))
    data_dir.chmod(0o711)
    try:
        yield data_dir
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


@cache
def _installed() -> Path:
    """A data directory with an empty database at head; whoever starts on a copy makes secrets of its own."""
    kept = ExitStack()
    register(kept.close)
    data_dir = kept.enter_context(_data_dir())
    with LiveRex(data_dir)._ending() as rex:
        rex.start()
    for secret in ("jwt-secret", "encryption-key"):
        (data_dir / secret).unlink()
    return data_dir


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(is_so: Callable[[], bool], *, within: float, what: str) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.05)
