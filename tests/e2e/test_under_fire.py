"""Processes are killed at random while people start and stop runs: what was accepted comes to its end, and once.

REX_SOAK_SECONDS keeps the fire up for longer, REX_SOAK_SEED repeats one of its courses.
"""

import asyncio
import os
import random
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import httpx

from adapters.postgres.database import Database
from adapters.postgres.soundness import unsound_runs
from tests.e2e.drawings import node
from tests.e2e.fleet import fleet
from tests.e2e.person import Person
from tests.e2e.slow_server import SlowServer, slow_server
from tests.live import LiveRex
from tests.postgres import new_database

FIRE_SECONDS = float(os.environ.get("REX_SOAK_SECONDS", "6"))
SEED = int(os.environ.get("REX_SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
RUNS = round(5 * FIRE_SECONDS)
PROCESSES = 3
MAX_CLAIMS = 5
TERMS = {
    "REX_LEASE": "2s",
    "REX_HEARTBEAT": "500ms",
    "REX_MAX_CLAIMS": str(MAX_CLAIMS),
    "REX_SCRIPT_PROCESSES": "1",
    "RATE_LIMIT_MAX": "1000000",
}
ABANDONED = f"Execution was abandoned: {MAX_CLAIMS} workers in a row stopped before finishing it"

RUNS_OF = "SELECT id, workflow_id, status, error_message, finished_at FROM executions"
STEPS_OF = "SELECT execution_id, node_id, status FROM execution_steps ORDER BY execution_id, sequence"
UNFINISHED = "SELECT count(*) FROM executions WHERE status NOT IN ('completed', 'failed', 'canceled')"


@dataclass
class Drawn:
    """A workflow: nodes in an order that its edges allow, and how often it counts."""

    order: list[str]
    edges: list[tuple[str, str]]
    counts: int


@dataclass
class Battle:
    """What was done, to be held against what is on record."""

    chance: random.Random
    ships: list[LiveRex]
    drawn: dict[str, Drawn] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    kills: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    def somebody(self) -> Person:
        """Signed in at whichever process answers now."""
        while True:
            with suppress(httpx.HTTPError, AssertionError):
                return Person(self.chance.choice(self.ships).url)
            time.sleep(0.1)

    def draws(self, server: SlowServer) -> None:
        ada = self.somebody()
        for at in range(6):
            drawing, drawn = a_drawing(self.chance, f"{at}", server)
            self.drawn[ada.draws(drawing)] = drawn

    def starts(self) -> None:
        """An answer that got lost is no promise; the run may be there all the same."""
        ada = self.somebody()
        for _ in range(RUNS):
            ada.url = self.chance.choice(self.ships).url
            with suppress(httpx.HTTPError, AssertionError):
                self.started.append(ada.starts(self.chance.choice(list(self.drawn))))
                if self.chance.random() < 0.2:
                    run = self.chance.choice(self.started)
                    if ada.stops(run) == "canceled":
                        self.stopped.add(run)
            time.sleep(self.chance.uniform(0, 2 * FIRE_SECONDS / RUNS))

    @contextmanager
    def under_fire(self) -> Iterator[None]:
        gunners = [threading.Thread(target=self._fires, args=(ship, self.chance.random())) for ship in self.ships]
        for gunner in gunners:
            gunner.start()
        try:
            yield
        finally:
            self.is_over.set()
            for gunner in gunners:
                gunner.join()

    def _fires(self, ship: LiveRex, seed: float) -> None:
        chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        while not self.is_over.wait(chance.uniform(0.5, 5)):
            ship.kill()
            self.kills += 1
            ship.start()


def a_drawing(chance: random.Random, name: str, server: SlowServer) -> tuple[dict[str, Any], Drawn]:
    """Every node but the first hangs on one or two before it."""
    nodes = [node(f"{name} start", "manual-trigger")]
    edges: list[tuple[str, str]] = []
    for at in range(1, chance.randint(6, 12)):
        nodes.append(_a_node(chance, f"{name} {at}", server))
        parents = {nodes[at - 1]["id"], chance.choice(nodes[:at])["id"]}
        edges += [(parent, nodes[at]["id"]) for parent in sorted(parents)]
    drawing = {
        "name": name,
        "nodes": nodes,
        "edges": [
            {"id": node(f"{name} edge {at}", "")["id"], "source": source, "target": target}
            for at, (source, target) in enumerate(edges)
        ],
    }
    counts = sum(each["type"] == "memory-write" for each in nodes)
    return drawing, Drawn([each["id"] for each in nodes], edges, counts)


def _a_node(chance: random.Random, name: str, server: SlowServer) -> dict[str, Any]:
    match chance.choice(["calls", "counts", "counts", "computes"]):
        case "calls":
            return node(name, "http-request", method="POST", url=server.url(f"/after/{chance.randint(50, 300)}"))
        case "computes":
            return node(name, "code", code="let n = 0; for (let i = 0; i < 1e5; i++) n += i; return { n };")
        case _:
            return node(name, "memory-write", memoryKey="count", operation="increment")


async def test_ends_every_run_once_whatever_is_killed(server: str) -> None:
    print(f"REX_SOAK_SEED={SEED} REX_SOAK_SECONDS={FIRE_SECONDS}")  # noqa: T201 - how to see a failure again
    async with new_database(server) as url:
        with slow_server() as outside, fleet(url, size=PROCESSES, REX_OUTGOING_ALLOW=outside.allowed, **TERMS) as ships:
            battle = Battle(random.Random(SEED), ships)  # noqa: S311 - repeatable on purpose
            battle.draws(outside)
            with battle.under_fire():
                battle.starts()
            connection = await asyncpg.connect(url)
            try:
                await _all_over(connection, within=40)
                records = {str(row["id"]): row for row in await connection.fetch(RUNS_OF)}
                steps = await connection.fetch(STEPS_OF)
            finally:
                await connection.close()
            async with opened(url) as database:
                assert await unsound_runs(database, patience=timedelta(0)) == []
            assert battle.kills >= 3
            assert set(battle.started) <= set(records)
            check(battle, records, steps)
            assert max(outside.calls.values(), default=0) <= MAX_CLAIMS


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, size=1)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def _all_over(connection: "asyncpg.Connection[asyncpg.Record]", *, within: float) -> None:
    async with asyncio.timeout(within):
        while await connection.fetchval(UNFINISHED):
            await asyncio.sleep(0.2)


def check(battle: Battle, records: dict[str, Any], steps: list[Any]) -> None:
    ada = battle.somebody()
    completed = 0
    for run, record in records.items():
        drawn = battle.drawn[str(record["workflow_id"])]
        place = {
            step["node_id"]: at for at, step in enumerate(each for each in steps if str(each["execution_id"]) == run)
        }
        assert sorted(place) == sorted(drawn.order)
        assert all(place[source] < place[target] for source, target in drawn.edges)
        assert record["finished_at"] is not None
        if run in battle.stopped:
            assert (record["status"], record["error_message"]) == ("canceled", "Stopped by user")
        elif record["status"] == "failed":
            assert record["error_message"] == ABANDONED
        elif record["status"] == "completed":
            completed += 1
            memory = ada.sees(run)["contextSnapshots"][0]["state"]["memory"]
            assert memory.get("count", 0) == drawn.counts
    assert completed > len(records) / 2
