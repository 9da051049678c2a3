"""One REX per directory, by a lock that the kernel lets go of when its holder dies."""

import asyncio
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.errors import AlreadyRunning

FILE = "lock"
# A command asking who holds the directory takes the lock for an instant (shared); that is no other instance.
TRIES = 10
PAUSE_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class Holder:
    """What the lock says about whoever holds it; `socket_directory` is None until its database answers."""

    pid: int | None
    socket_directory: str | None


class Hold:
    """Exclusive use of a directory, written down in it: the holder's pid, then where its database listens."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def publish(self, socket_directory: str = "") -> None:
        text = os.fsencode(f"{os.getpid()}\n{socket_directory}".rstrip() + "\n")
        os.pwrite(self._descriptor, text, 0)
        os.ftruncate(self._descriptor, len(text))

    def release(self) -> None:
        """The file stays: removing it would let two processes lock two files of the same name."""
        os.ftruncate(self._descriptor, 0)
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)  # also where a forked process still has it open
        os.close(self._descriptor)


async def take_hold(directory: Path) -> Hold:
    """Raise AlreadyRunning when another process, or another object in this one, has it."""
    descriptor = os.open(directory / FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        await _lock(descriptor, directory)
    except BaseException:
        os.close(descriptor)
        raise
    os.ftruncate(descriptor, 0)
    hold = Hold(descriptor)
    hold.publish()
    return hold


async def _lock(descriptor: int, directory: Path) -> None:
    for _ in range(TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            return
    raise AlreadyRunning(directory, _read(descriptor).pid)


def find_holder(directory: Path) -> Holder | None:
    """None when nobody holds `directory`, whatever a dead holder has left in the file."""
    try:
        descriptor = os.open(directory / FILE, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> Holder:
    lines = os.fsdecode(os.pread(descriptor, 4096, 0)).splitlines()
    pid = int(lines[0]) if lines and lines[0].isdecimal() else None
    return Holder(pid, lines[1] if len(lines) > 1 else None)
