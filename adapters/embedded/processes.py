"""What runs on this machine, and which of it belongs to a cluster."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.cluster import Cluster


@dataclass(frozen=True, slots=True)
class RunningProcess:
    pid: int
    uid: int
    command: str

    def leads(self, cluster: Cluster) -> bool:
        """The postmaster, or the process about to become it."""
        return f"/postgres {' '.join(cluster.first_arguments)} " in self.command and self.uid == cluster.account.uid

    def serves(self, cluster: Cluster) -> bool:
        """One of the postmaster's children, whose titles carry the cluster's name."""
        return self.command.startswith(f"postgres: {cluster.name}: ") and self.uid == cluster.account.uid


def running_processes() -> Iterator[RunningProcess]:
    return _from_proc() if sys.platform == "linux" else _from_ps()


def _from_proc() -> Iterator[RunningProcess]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):  # it ended meanwhile
                command = (entry / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ")
                yield RunningProcess(int(entry.name), entry.stat().st_uid, os.fsdecode(command))


def _from_ps() -> Iterator[RunningProcess]:
    listing = subprocess.run(["/bin/ps", "-axww", "-o", "pid=,uid=,command="], capture_output=True, check=True)
    for line in os.fsdecode(listing.stdout).splitlines():
        pid, uid, command = line.split(maxsplit=2)
        yield RunningProcess(int(pid), int(uid), command)
