"""The server process of a cluster, started as often as needed, one at a time."""

import asyncio
import signal
import time
from asyncio.subprocess import Process
from contextlib import suppress
from pathlib import Path

from adapters.embedded.address import PostgresAddress
from adapters.embedded.child import complaint_of, launch
from adapters.embedded.cluster import Cluster
from adapters.embedded.database import database_answers
from adapters.embedded.errors import EmbeddedPostgresFailed
from adapters.embedded.leftovers import clear_leftovers
from adapters.embedded.settings import command_line
from adapters.embedded.socket_directory import prepare_socket_directory

TRIES = 20
PAUSE_SECONDS = 0.5
FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 0.01, 0.2
# Replaying the log after a crash takes seconds with at most 512 MB of it.
READY_WITHIN_SECONDS = 120.0
STOP_WITHIN_SECONDS = 20.0
# What the server says about a predecessor whose last process has not ended yet.
NOT_YET = ("pre-existing shared memory block", 'lock file "')


class Postmaster:
    def __init__(self, cluster: Cluster, address: PostgresAddress) -> None:
        self._cluster = cluster
        self._address = address
        self._socket_directory = Path(address.host)
        self._process: Process | None = None

    async def start(self) -> None:
        """Return once the database answers; raise EmbeddedPostgresFailed, with what the server logged, if not."""
        complaint = ""
        for _ in range(TRIES):
            mark = self._cluster.log.mark()
            self._process = await self._launch()
            if await self._answers(self._process):
                return
            complaint = await complaint_of(self._process, self._cluster.log, mark)
            if not any(words in complaint for words in NOT_YET):
                break
            await asyncio.sleep(PAUSE_SECONDS)
        raise EmbeddedPostgresFailed(f"PostgreSQL on {self._cluster.path} did not start.\n{complaint}")

    async def ended(self) -> None:
        """Return when the server process is gone."""
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> None:
        """Shut down cleanly: sessions are ended, everything is on disk, no process is left."""
        if self._process is not None:
            await _end(self._process)
        await clear_leftovers(self._cluster, self._socket_directory)
        with suppress(OSError):
            self._socket_directory.rmdir()

    async def _launch(self) -> Process:
        await clear_leftovers(self._cluster, self._socket_directory)
        prepare_socket_directory(self._socket_directory, self._cluster.account)
        arguments = command_line(self._cluster, self._socket_directory)
        return await launch(
            self._cluster.installation.postgres, *arguments, account=self._cluster.account, log=self._cluster.log
        )

    async def _answers(self, process: Process) -> bool:
        """False when the process ends first, or is stopped because it takes too long."""
        deadline, pause = time.monotonic() + READY_WITHIN_SECONDS, FIRST_POLL_SECONDS
        while process.returncode is None and time.monotonic() < deadline:
            if await database_answers(self._address):
                return True
            await asyncio.sleep(pause)
            pause = min(pause * 1.2, LONGEST_POLL_SECONDS)
        await _end(process)
        return False


async def _end(process: Process) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            process.send_signal(request)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN_SECONDS):
                await process.wait()
                return
