"""Server processes without a REX: found by what they are rather than by a number in a file, and stopped."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from adapters.embedded.cluster import Cluster
from adapters.embedded.errors import EmbeddedPostgresFailed
from adapters.embedded.processes import running_processes

PAUSE_SECONDS = 0.02


async def clear_leftovers(cluster: Cluster, socket_directory: Path) -> None:
    """Leave no process of the cluster and no pid file.

    The postmaster is asked to shut down cleanly (10 s), then to stop at once (5 s), then killed; children that
    outlived it are told to stop at once. Only whoever holds the data directory may call this.
    """
    for request, seconds in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if await _gone(cluster, request, seconds):
            break
    else:
        raise EmbeddedPostgresFailed(f"Processes of an earlier server on {cluster.path} do not end.")
    _remove_pid_files(cluster.path, socket_directory)


async def _gone(cluster: Cluster, request: signal.Signals, seconds: float) -> bool:
    """Send `request` to each process once, and tell whether all were gone in time."""
    told: set[int] = set()
    deadline = time.monotonic() + seconds
    while left := await asyncio.to_thread(_requests, cluster, request):
        if time.monotonic() > deadline:
            return False
        for pid in left.keys() - told:
            told.add(pid)
            with suppress(ProcessLookupError):
                os.kill(pid, left[pid])
        await asyncio.sleep(PAUSE_SECONDS)
    return True


def _remove_pid_files(cluster: Path, socket_directory: Path) -> None:
    """Their numbers may by now be those of other processes, which Postgres would take for its own."""
    for pid_file in (cluster / "postmaster.pid", *socket_directory.glob(".s.PGSQL.*.lock")):
        pid_file.unlink(missing_ok=True)


def _requests(cluster: Cluster, request: signal.Signals) -> dict[int, signal.Signals]:
    """What to tell whom: a postmaster looks after its children itself; without one they only know how to quit."""
    running = list(running_processes())
    leaders = {process.pid: request for process in running if process.leads(cluster)}
    if leaders:
        return leaders
    orphans_request = signal.SIGKILL if request == signal.SIGKILL else signal.SIGQUIT
    return {process.pid: orphans_request for process in running if process.serves(cluster)}
