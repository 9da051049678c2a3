"""A stop reaches a node in the middle of a long call, in whichever process it runs, and leaves nothing running."""

import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.drawings import chain, node
from tests.e2e.fleet import fleet
from tests.e2e.person import Person
from tests.e2e.slow_server import SlowServer, slow_server
from tests.live import LiveRex, eventually
from tests.postgres import new_database

SECONDS = 2.0
ENDLESS = node("endless", "code", code="while (true) {}", timeoutMs=300_000)
"""A script that gives nothing else a turn."""


def engines(rex: LiveRex) -> dict[int, float]:
    """Script processes of one REX, with the processor seconds that each has used."""
    assert rex.process is not None
    asked = ["ps", "-ww", "-eo", "pid,ppid,cputimes,args"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()[1:]]
    ours = [row for row in rows if row[1] == str(rex.process.pid) and "adapters.javascript.engine" in row[3]]
    return {int(pid): float(used) for pid, _, used, _ in ours}


def long(*middle: dict[str, Any]) -> dict[str, Any]:
    return chain(node("start", "manual-trigger"), *middle, node("end", "output"))


def call_that_never_ends(outside: SlowServer) -> dict[str, Any]:
    return node("call", "http-request", method="POST", url=outside.url("/never"), timeoutMs=600_000)


def stopped(ada: Person, run: str) -> dict[str, Any]:
    """The record right after a stop: canceled at once, whatever was not reached skipped."""
    begun = time.monotonic()
    assert ada.stops(run) == "canceled"
    record = ada.sees(run)
    assert time.monotonic() - begun < SECONDS
    assert (record["status"], record["errorMessage"]) == ("canceled", "Stopped by user")
    assert [step["status"] for step in record["steps"]] == ["completed"] + ["skipped"] * (len(record["steps"]) - 1)
    return record


@pytest.fixture(scope="module")
def outside() -> Iterator[SlowServer]:
    with slow_server() as server:
        yield server


@pytest.fixture(scope="module")
def rex(outside: SlowServer) -> Iterator[LiveRex]:
    with LiveRex.fresh(REX_OUTGOING_ALLOW=outside.allowed) as running:
        yield running


def test_hangs_up_on_a_server_that_never_answers(rex: LiveRex, outside: SlowServer) -> None:
    ada = Person(rex.url)
    run = ada.starts(ada.draws(long(call_that_never_ends(outside))))
    assert outside.waiting.wait(20)
    record = stopped(ada, run)
    assert outside.hung_up.wait(SECONDS)
    assert ada.sees(run) == record


def test_ends_the_process_of_a_script_that_never_ends(rex: LiveRex) -> None:
    ada = Person(rex.url)
    run = ada.starts(ada.draws(long(ENDLESS)))
    spinning = one_that_spins(rex)
    record = stopped(ada, run)
    eventually(lambda: spinning not in engines(rex), within=SECONDS, what="the script's process is gone")
    assert ada.sees(run) == record


def one_that_spins(rex: LiveRex) -> int:
    """The process that uses more and more of a processor."""
    found: list[int] = []

    def is_there() -> bool:
        found[:] = [pid for pid, used in engines(rex).items() if used >= 2]
        return bool(found)

    eventually(is_there, within=30, what="a script spins")
    return found[0]


def test_stops_in_the_middle_of_many_nodes_that_never_wait(rex: LiveRex) -> None:
    ada = Person(rex.url)
    counting = [node(f"count {at}", "memory-write", memoryKey="n", operation="increment") for at in range(400)]
    run = ada.starts(ada.draws(long(*counting)))
    ada.waits_for_steps(run, 20)
    assert ada.stops(run) == "canceled"
    record = ada.sees(run)
    statuses = [step["status"] for step in record["steps"]]
    done = statuses.count("completed")
    assert statuses == ["completed"] * done + ["skipped"] * (402 - done)
    assert done < 402
    time.sleep(1)
    assert ada.sees(run) == record


async def test_reaches_the_process_that_works_on_it(server: str, outside: SlowServer) -> None:
    """Whoever is asked to stop a run need not be who works on it."""
    async with new_database(server) as url:
        with fleet(url, size=2, REX_OUTGOING_ALLOW=outside.allowed) as ships:
            people = [Person(ship.url) for ship in ships]
            drawing = people[0].draws(long(call_that_never_ends(outside)))
            for ada in people:
                outside.waiting.clear()
                outside.hung_up.clear()
                run = people[0].starts(drawing)
                assert outside.waiting.wait(20)
                record = stopped(ada, run)
                assert outside.hung_up.wait(SECONDS)
                assert ada.sees(run) == record
