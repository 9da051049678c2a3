"""Running `holder.py` in a process of its own, and looking at processes."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from adapters.embedded.elsewhere import short_name
from adapters.embedded.processes import running_processes

REPOSITORY = Path(__file__).parents[3]
PACKAGES = Path(asyncpg.__file__).parents[1]
SCRIPT = Path(__file__).with_name("holder.py")


@dataclass(frozen=True, slots=True)
class Holder:
    process: subprocess.Popen[str]

    def line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, "the holder ended"
        return line

    def kill(self) -> list[str]:
        """Kill it as the kernel does when memory runs out; what it had printed by then."""
        self.process.send_signal(signal.SIGKILL)
        return self.process.communicate()[0].split()


@contextmanager
def holding(
    data_dir: Path, *, uid: int | None = None, python: str = sys.executable, path: tuple[Path, ...] = ()
) -> Iterator[Holder]:
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(map(str, (*path, REPOSITORY, PACKAGES))),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    process = subprocess.Popen(
        [python, str(SCRIPT), str(data_dir)],
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env=environment,
        user=uid,
        group=uid,
        extra_groups=None if uid is None else [],
    )
    with process:
        try:
            yield Holder(process)
        finally:
            process.kill()


def servers_of(cluster: Path) -> list[int]:
    """Every process of the server on `cluster`, children too."""
    names = (f"/postgres -D {cluster} ", f"postgres: rex_{short_name(cluster)}: ")
    return [running.pid for running in running_processes() if any(name in running.command for name in names)]


def command_of(pid: int) -> str:
    return next(running.command for running in running_processes() if running.pid == pid)


def postmaster_of(cluster: Path) -> int:
    return int((cluster / "postmaster.pid").read_text().split()[0])


def is_ready(cluster: Path) -> bool:
    """Whether a server says there that it answers."""
    said = cluster / "postmaster.pid"
    return said.exists() and said.read_text().rstrip().endswith("ready")


def unfinished(data_dir: Path) -> list[Path]:
    """What initdb has made so far."""
    return list(data_dir.glob("cluster.new-*/data/*"))


def is_there(path: str) -> bool:
    return Path(path).exists()


def mode_of(path: Path | str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


@contextmanager
def spawned(*command: str, uid: int, gid: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, user=uid, group=gid, stderr=subprocess.DEVNULL, cwd="/") as process:
        try:
            yield process
        finally:
            process.kill()


async def until(truth: Callable[[], bool]) -> None:
    """Raise TimeoutError when `truth` does not become true within 15 s."""
    async with asyncio.timeout(15):
        while not truth():
            await asyncio.sleep(0.002)
