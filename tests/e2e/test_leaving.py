"""Processes come and go as they should although their database is away, or hangs, just then."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.embedded.server import EmbeddedPostgres
from entrypoints.stopping import AFTER_PATIENCE_SECONDS, LAST_SECONDS
from tests.e2e.drawings import chain, node
from tests.e2e.fleet import parts
from tests.e2e.person import Person
from tests.e2e.slow_server import slow_server
from tests.live import LiveRex, eventually
from tests.postgres import reachable_directory

PATIENCE_SECONDS = 1
IN_ALL_SECONDS = PATIENCE_SECONDS + AFTER_PATIENCE_SECONDS + LAST_SECONDS
A_SLOW_MACHINE_SECONDS = 5


@dataclass
class Place:
    """A PostgreSQL that can be stopped, started and frozen, and the folder of those who work on it."""

    postgres: EmbeddedPostgres
    directory: Path
    url: str
    folder: Path

    def process(self, *command: str, **environment: str) -> LiveRex:
        return LiveRex(self.folder, *command, DATABASE_URL=self.url, REX_DRAIN_PATIENCE="1s", **environment)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It takes connections and statements, and answers none."""
        [pid_file] = self.directory.rglob("postmaster.pid")
        postmaster = int(pid_file.read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=True).stdout
        everybody = [postmaster, *map(int, children.split())]
        try:
            _signal(everybody, signal.SIGSTOP)
            yield
        finally:
            _signal(everybody, signal.SIGCONT)


def _signal(processes: list[int], number: signal.Signals) -> None:
    for each in processes:
        with suppress(ProcessLookupError):  # some of them come and go
            os.kill(each, number)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    with reachable_directory() as directory:
        postgres = EmbeddedPostgres(directory, say=lambda _: None)
        address = await postgres.start()
        try:
            yield Place(postgres, directory, address.url, tmp_path / "rex")
        finally:
            await postgres.stop()


async def test_waits_for_a_database_that_is_being_restarted(place: Place) -> None:
    await place.postgres.stop()
    worker = place.process("worker")
    worker.begin()
    try:
        eventually(lambda: "waiting for it" in worker.said, within=30, what="it says that it waits")
        await place.postgres.start()
        worker.gets_ready()
    finally:
        assert worker.stop() == 0


async def test_goes_when_told_although_it_still_waits(place: Place) -> None:
    await place.postgres.stop()
    worker = place.process("worker")
    worker.begin()
    eventually(lambda: "waiting for it" in worker.said, within=30, what="it says that it waits")
    assert worker.stop() == 0


async def test_waits_no_longer_than_is_set_and_not_at_all_where_waiting_does_not_help(place: Place) -> None:
    stranger = LiveRex(place.folder, DATABASE_URL=place.url.replace("/rex?", "/nowhere?"))
    refused = stranger.cli("worker")
    assert (refused.returncode, "waiting" in refused.stderr) == (8, False)
    await place.postgres.stop()
    impatient = place.process(REX_DATABASE_PATIENCE="300ms")
    for command in ("worker", "migrate"):
        given_up = impatient.cli(command)
        assert (given_up.returncode, "Traceback" in given_up.stderr) == (8, False), given_up.stderr


async def test_leaves_in_time_although_postgresql_hangs(place: Place) -> None:
    with (
        slow_server() as outside,
        parts(
            place.url,
            "api",
            "worker",
            "scheduler",
            REX_DRAIN_PATIENCE=f"{PATIENCE_SECONDS}s",
            REX_OUTGOING_ALLOW=outside.allowed,
        ) as processes,
    ):
        ada = Person(processes[0].url)
        call = node("call", "http-request", method="POST", url=outside.url("/never"), timeoutMs=600_000)
        ada.starts(ada.draws(chain(node("start", "manual-trigger"), call, node("end", "output"))))
        assert outside.waiting.wait(10)
        with place.hanging():
            for each in processes:
                each.interrupt()
            ended = [each.wait(within=IN_ALL_SECONDS + A_SLOW_MACHINE_SECONDS) for each in processes]
        assert ended == [0, 0, 0], processes[0].said


def test_a_place_for_the_sign_of_life_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    refused = LiveRex(tmp_path, REX_HEALTH_FILE=str(tmp_path / "missing" / "alive")).cli("worker")
    assert (refused.returncode, "Traceback" in refused.stderr) == (10, False)
    assert "REX_HEALTH_FILE" in refused.stderr


def test_being_told_to_go_while_it_loads_is_no_failure(tmp_path: Path) -> None:
    """Also before there is an event loop: here a named pipe keeps it from reading its secret."""
    os.mkfifo(tmp_path / "jwt-secret")
    worker = LiveRex(tmp_path, "worker")
    worker.begin()
    pipe = os.open(tmp_path / "jwt-secret", os.O_WRONLY)  # returns once it is being read
    try:
        assert worker.stop() == 0
    finally:
        os.close(pipe)
