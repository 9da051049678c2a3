"""What was accepted happens, whatever is killed in the middle of it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.drawings import slow_chain
from tests.e2e.person import Person
from tests.live import LiveRex

PAUSES = 12
NODES = 3 + 2 * PAUSES + 1


@pytest.fixture(scope="module")
def rex() -> Iterator[LiveRex]:
    with LiveRex.fresh(REX_DRAIN_PATIENCE="100ms") as rex:
        yield rex


def postmaster(rex: LiveRex) -> int:
    """The process id of the private PostgreSQL."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    assert rex.process is not None
    children = [line.split(None, 2) for line in listed.splitlines()]
    return next(int(pid) for pid, parent, args in children if parent == str(rex.process.pid) and "postgres" in args)


def assert_ran_once(record: dict[str, Any]) -> None:
    """Complete, in order, and nothing that is on record was done twice: the counter counted each pause once."""
    assert record["status"] == "completed", record["errorMessage"]
    assert [step["status"] for step in record["steps"]] == ["completed"] * NODES
    assert len({step["nodeId"] for step in record["steps"]}) == NODES
    assert record["contextSnapshots"][0]["state"]["memory"]["count"] == PAUSES
    assert record["contextSnapshots"][0]["sequence"] == record["contextSnapshotsMeta"]["total"] == NODES + 2
    assert record["stepAttemptsMeta"]["total"] == NODES


def kill_rex(rex: LiveRex) -> None:
    rex.kill()
    rex.start()


def kill_postgres(rex: LiveRex) -> None:
    os.kill(postmaster(rex), signal.SIGKILL)


def kill_both(rex: LiveRex) -> None:
    os.kill(postmaster(rex), signal.SIGKILL)
    rex.kill()
    rex.start()


def restart_politely(rex: LiveRex) -> None:
    assert rex.stop() == 0
    rex.start()


@pytest.mark.parametrize("disaster", [kill_rex, kill_postgres, kill_both, restart_politely])
def test_completes_a_run_of_many_nodes_although_something_was_killed(rex: LiveRex, disaster: Any) -> None:
    ada = Person(rex.url)
    run = ada.starts(ada.draws(slow_chain(pauses=PAUSES, milliseconds=150)))
    before = ada.waits_for_steps(run, 8)
    disaster(rex)
    after = ada.follows(run, within=60)
    assert_ran_once(after)
    kept = len(before["steps"])
    assert after["steps"][:kept] == before["steps"]


def test_keeps_everything_over_kills_in_a_row(rex: LiveRex) -> None:
    ada = Person(rex.url)
    workflow = ada.draws(slow_chain(pauses=PAUSES, milliseconds=100))
    runs = [ada.starts(workflow) for _ in range(8)]
    for _ in range(2):
        time.sleep(0.7)
        kill_both(rex)
    for run in runs:
        assert_ran_once(ada.follows(run, within=60))


def test_stops_a_run_in_the_middle_of_a_node_for_good(rex: LiveRex) -> None:
    ada = Person(rex.url)
    run = ada.starts(ada.draws(slow_chain(pauses=PAUSES, milliseconds=9_000)))
    ada.waits_for_steps(run, 3)
    assert ada.stops(run) == "canceled"
    stopped = ada.sees(run)
    assert (stopped["status"], stopped["errorMessage"]) == ("canceled", "Stopped by user")
    assert [step["status"] for step in stopped["steps"]] == ["completed"] * 3 + ["skipped"] * (NODES - 3)
    other = ada.starts(ada.draws(slow_chain(pauses=PAUSES, milliseconds=1)))
    assert_ran_once(ada.follows(other))
    assert ada.sees(run) == stopped
    assert ada.stops(run) == "canceled"


def test_frees_the_worker_within_two_seconds_of_a_stop() -> None:
    with LiveRex.fresh(WORKER_CONCURRENCY="1") as rex:
        ada = Person(rex.url)
        run = ada.starts(ada.draws(slow_chain(pauses=PAUSES, milliseconds=9_000)))
        ada.waits_for_steps(run, 3)
        waiting = ada.starts(ada.draws(slow_chain(pauses=1, milliseconds=1)))
        ada.stops(run)
        assert ada.follows(waiting, within=5)["status"] == "completed"
