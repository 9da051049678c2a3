"""A REX of several processes on a PostgreSQL and a Redis of its own, all of which can be hurt."""

import os
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from adapters.embedded.server import EmbeddedPostgres
from tests.e2e.fleet import parts
from tests.e2e.slow_server import SlowServer, slow_server
from tests.live import LiveRex
from tests.postgres import reachable_directory
from tests.redis_server import RedisServer, own_redis

MOST_TOLD = 20_000
COMMANDS = ("api", "api", "worker", "worker", "scheduler")
TERMS = {
    "REX_LEASE": "2s",
    "REX_HEARTBEAT": "500ms",
    "REX_MAX_CLAIMS": "30",
    "REX_DRAIN_PATIENCE": "500ms",
    "RATE_LIMIT_MAX": "1000000",
    "WEBHOOK_RATE_LIMIT_MAX": "1000000",
}


@dataclass(frozen=True)
class Town:
    database_url: str
    database_dir: Path
    redis: RedisServer
    outside: SlowServer
    processes: list[LiveRex]

    @property
    def apis(self) -> list[LiveRex]:
        return self.processes[:2]

    def somewhere(self, chance: random.Random) -> str:
        return chance.choice(self.apis).url

    def is_calm(self) -> bool:
        """Whether all that was hurt is back."""
        for api in self.apis:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{api.url}/api/health/ready", trust_env=False).json()["status"] == "ok":
                    continue
            return False
        return True

    def calms_down(self, *, within: float = 30) -> None:
        deadline = time.monotonic() + within
        while not self.is_calm():
            assert time.monotonic() < deadline, f"it does not recover\n{self.told()}"
            time.sleep(0.1)

    def told(self) -> str:
        """Which processes are there, and what they said last, for whoever looks into a failure."""
        ended = {each.name: code for each in self.processes if (code := each.exit_code) is not None}
        return f"ended by themselves: {ended}\n{self.processes[0].said[-MOST_TOLD:]}"

    def restarts_postgres(self) -> None:
        """Quickly: connections are cut, and the server is started again."""
        [pid_file] = self.database_dir.rglob("postmaster.pid")
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)


@asynccontextmanager
async def town() -> AsyncIterator[Town]:
    with reachable_directory() as directory, own_redis() as redis, slow_server() as outside:
        postgres = EmbeddedPostgres(directory, say=lambda _: None)
        address = await postgres.start()
        terms = TERMS | {"REDIS_URL": redis.url, "REX_OUTGOING_ALLOW": outside.allowed}
        try:
            with parts(address.url, *COMMANDS, **terms) as processes:
                yield Town(address.url, directory, redis, outside, processes)
        finally:
            await postgres.stop()


async def cut_connections(database_url: str) -> int:
    """All of them but this one's."""
    connection = await asyncpg.connect(database_url)
    try:
        cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        return int(await connection.fetchval(f"{cut} AND backend_type = 'client backend'"))
    finally:
        await connection.close()
