"""API, workers and scheduler as processes of their own, on one PostgreSQL and one Redis."""

import signal
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.drawings import chain, node, slow_chain
from tests.e2e.fleet import parts
from tests.e2e.person import Person
from tests.e2e.slow_server import SlowServer, slow_server
from tests.e2e.test_ingestion import brings, collects, waits
from tests.live import LiveRex, eventually
from tests.postgres import new_database
from tests.redis_server import RedisServer, own_redis

ACCEPTED_SECONDS = 0.5
STOPPED_SECONDS = 2.0


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture(scope="module")
def outside() -> Iterator[SlowServer]:
    with slow_server() as server:
        yield server


@pytest.fixture(scope="module")
async def processes(server: str, redis: RedisServer, outside: SlowServer) -> AsyncIterator[list[LiveRex]]:
    """Looking for work is slow here, so that what is fast was rung for. Nobody hears of a stop but by its ring."""
    async with new_database(server) as url:
        with parts(
            url,
            "api",
            "worker",
            "worker",
            "scheduler",
            REDIS_URL=redis.url,
            REX_SCHEDULER="false",
            REX_SWEEP_INTERVAL="20s",
            REX_LEASE="60s",
            REX_HEARTBEAT="20s",
            REX_DRAIN_PATIENCE="500ms",
            REX_OUTGOING_ALLOW=outside.allowed,
            RATE_LIMIT_MAX="100000",
        ) as running:
            yield running


def test_what_one_process_accepts_others_work_off(processes: list[LiveRex]) -> None:
    ada = Person(processes[0].url)
    drawing = ada.draws(chain(node("start", "manual-trigger"), node("end", "output")))
    begun = time.monotonic()
    for _ in range(5):
        assert ada.follows(ada.starts(drawing))["status"] == "completed"
    corpus = collects(ada)
    brings(ada, corpus, "Note", "A note about rye.")
    assert waits(ada, corpus, 1)["ready"] == 1
    assert time.monotonic() - begun < 15, "nobody heard the rings"


def test_a_stop_reaches_the_worker_that_has_the_run(processes: list[LiveRex], outside: SlowServer) -> None:
    ada = Person(processes[0].url)
    call = node("call", "http-request", method="POST", url=outside.url("/never"), timeoutMs=600_000)
    drawing = ada.draws(chain(node("start", "manual-trigger"), call, node("end", "output")))
    for _ in range(4):  # whichever of the two has it
        outside.waiting.clear()
        outside.hung_up.clear()
        run = ada.starts(drawing)
        assert outside.waiting.wait(10)
        assert ada.stops(run) == "canceled"
        assert outside.hung_up.wait(STOPPED_SECONDS)
        assert ada.sees(run)["status"] == "canceled"


def test_a_worker_that_is_told_to_go_hands_over_what_it_cannot_finish(processes: list[LiveRex]) -> None:
    ada = Person(processes[0].url)
    drawing = ada.draws(slow_chain(pauses=8, milliseconds=400))
    runs = [ada.starts(drawing) for _ in range(4)]
    for run in runs:
        ada.waits_for_steps(run, 4)
    begun = time.monotonic()
    processes[1].signal(signal.SIGTERM)
    assert processes[1].wait() == 0
    for run in runs:
        record = ada.follows(run, within=40)
        assert record["status"] == "completed", record["errorMessage"]
        assert record["contextSnapshots"][0]["state"]["memory"]["count"] == 8
    assert time.monotonic() - begun < 18, "nobody was told of what was handed back"


def ready(rex: LiveRex) -> tuple[int, str, dict[str, bool]]:
    answer = httpx.get(f"{rex.url}/api/health/ready", trust_env=False)
    body = answer.json()
    return answer.status_code, body["status"], {each["name"]: each["up"] for each in body["checks"]}


async def test_works_on_without_redis_and_with_it_again(server: str, tmp_path: Path) -> None:
    """Accepted at once, worked off a little later, and the outage is told. Before that, one queue is not the other."""
    sign = tmp_path / "alive"
    async with new_database(server) as url:
        with (
            own_redis() as redis,
            parts(url, "api", REDIS_URL=redis.url) as (api,),
            parts(url, "worker --only ingestion", REDIS_URL=redis.url, REX_HEALTH_FILE=str(sign)) as (half,),
        ):
            ada = Person(api.url)
            drawing = ada.draws(chain(node("start", "manual-trigger"), node("end", "output")))
            waiting = ada.starts(drawing)
            corpus = collects(ada)
            brings(ada, corpus, "Note", "A note about rye.")
            assert waits(ada, corpus, 1)["ready"] == 1
            assert ada.sees(waiting)["status"] == "pending"
            assert sign.exists()
            worker = LiveRex(api.data_dir, "worker", DATABASE_URL=url, REDIS_URL=redis.url)
            worker.start()
            try:
                assert half.stop() == 0
                assert not sign.exists()
                assert ada.follows(waiting)["status"] == "completed"
                does_without(redis, api, ada, drawing)
            finally:
                worker.stop()


def does_without(redis: RedisServer, api: LiveRex, ada: Person, drawing: str) -> None:
    assert ready(api) == (200, "ok", {"database": True, "schema": True, "redis": True})
    redis.stop()
    took = [accepts(ada, drawing) for _ in range(5)]
    assert statistics.median(took) < ACCEPTED_SECONDS
    assert ready(api) == (200, "degraded", {"database": True, "schema": True, "redis": False})
    redis.restart()
    eventually(lambda: ready(api)[1] == "ok", within=5, what="Redis is back")
    redis.hang(3000)
    assert statistics.median(accepts(ada, drawing) for _ in range(3)) < ACCEPTED_SECONDS


def accepts(ada: Person, drawing: str) -> float:
    """The seconds that it took, of a run that was then worked off."""
    begun = time.monotonic()
    run = ada.starts(drawing)
    took = time.monotonic() - begun
    assert ada.follows(run, within=10)["status"] == "completed"
    return took


def test_shares_the_private_database_of_a_rex_that_runs_and_says_what_to_do_when_none_does() -> None:
    with LiveRex.fresh() as rex:
        worker = LiveRex(rex.data_dir, "worker")
        worker.start()
        assert worker.stop() == 0
        rex.stop()
        refused = rex.cli("worker")
        assert refused.returncode == 10
        assert "DATABASE_URL" in refused.stderr
        assert "rex up" in refused.stderr
        assert "Traceback" not in refused.stderr
