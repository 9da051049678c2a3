"""A stop reaches a node in the middle of a long call, in whichever process it runs, and leaves nothing running."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.drawings import chain, node, pause
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


PAUSE_SECONDS = 2.0


def long_calls(outside: SlowServer) -> dict[str, list[dict[str, Any]]]:
    """Nodes in which a run can be for long."""
    pausing = {"retryEnabled": "true", "retryMaxAttempts": "9", "retryDelayMs": str(round(PAUSE_SECONDS * 1000))}
    return {
        "a server that never answers": [call_that_never_ends(outside)],
        "a script that never ends": [ENDLESS],
        "a script that sleeps": [pause("sleep", 250_000, timeoutMs=300_000)],
        "the pause before another attempt": [
            node("refused", "http-request", method="POST", url=outside.url("/no"), **pausing)
        ],
        "the pause before another round": [
            node("write", "http-request", method="POST", url=outside.url("/after/0"), **pausing),
            node("judge", "evaluation", valuePath="body", minLength="1000", requestRetryOnFail="true"),
        ],
    }


async def test_reaches_every_long_call_in_whichever_process_works_on_it(server: str, outside: SlowServer) -> None:
    """Two processes work on one run each, and one of them is asked to stop both. Both have to give up what they are
    at: neither would find the time for the next run otherwise, and nobody is called again.
    """
    async with new_database(server) as url:
        with fleet(url, size=2, WORKER_CONCURRENCY="1", REX_OUTGOING_ALLOW=outside.allowed) as ships:
            ada = Person(ships[0].url)
            for what, middle in long_calls(outside).items():
                drawing = ada.draws(long(*middle))
                outside.hung_up.clear()
                runs = [ada.starts(drawing) for _ in ships]
                for run in runs:
                    ada.waits_for_steps(run, 1, within=SECONDS)
                await asyncio.sleep(1)
                assert [ada.sees(run)["status"] for run in runs] == ["running", "running"], what
                engines_before = set(engines(ships[0])), set(engines(ships[1]))
                records = [stopped(ada, run) for run in runs]
                if middle[0]["type"] == "code":
                    for ship, before in zip(ships, engines_before, strict=True):
                        eventually(lambda: not before <= set(engines(ship)), within=SECONDS, what=f"{what} is ended")  # noqa: B023
                elif middle[0]["id"] == call_that_never_ends(outside)["id"]:
                    assert outside.hung_up.wait(SECONDS)
                assert [ada.sees(run) for run in runs] == records
            called = outside.calls.total()
            await asyncio.sleep(PAUSE_SECONDS + 0.5)
            assert outside.calls.total() == called
