"""The processes of the compose file, with its commands and its environment, on a real PostgreSQL and a real Redis.

No container is made. Only the places are others: the addresses of PostgreSQL, Redis and the API, and the folder of the
signs of life.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from entrypoints.cli.demo import show
from tests.deployment.compose import ROOT, compose
from tests.deployment.image import stages
from tests.deployment.test_compose import SECRETS
from tests.live import free_port
from tests.postgres import new_database
from tests.redis_server import RedisServer

SERVING = ("api", "worker", "scheduler")
ALL_OTHER_SETTINGS = {"REX_MODEL_FALLBACK": "extractive"}
"""What somebody might have in .env: the demo asks a question without a key to any model."""


@dataclass
class Composed:
    """Services of the compose file as processes of this machine."""

    services: dict[str, Any]
    places: dict[str, str]
    folder: Path
    port: int

    def environment(self, name: str) -> dict[str, str]:
        written = ALL_OTHER_SETTINGS | self.services[name]["environment"] | self.places
        if "REX_HEALTH_FILE" in written:
            written["REX_HEALTH_FILE"] = str(self.sign_of_life(name))
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **written}

    def sign_of_life(self, name: str) -> Path:
        return self.folder / f"{name}-alive"

    def start(self, name: str) -> "subprocess.Popen[str]":
        with (self.folder / f"{name}.log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "entrypoints.cli", *self.services[name]["command"]],
                cwd=ROOT,
                env=self.environment(name),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def run(self, name: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """As `docker compose exec NAME rex WORDS` would."""
        return subprocess.run(
            [sys.executable, "-m", "entrypoints.cli", *words],
            cwd=ROOT,
            env=self.environment(name),
            capture_output=True,
            text=True,
            timeout=60,
        )

    def is_healthy(self, name: str) -> bool:
        """By the check that a container would be asked with."""
        return subprocess.run(self._check(name), env=self.environment(name), capture_output=True).returncode == 0

    def _check(self, name: str) -> list[str]:
        if "healthcheck" not in self.services[name]:
            final = stages((ROOT / "Dockerfile").read_text())[-1]
            (health,) = final.of("HEALTHCHECK")
            _, *words = json.loads(health.partition("CMD ")[2])
            return [sys.executable, *words]
        _, text = self.services[name]["healthcheck"]["test"]
        return ["/bin/sh", "-c", text.replace("/tmp/rex-alive", str(self.sign_of_life(name)))]  # noqa: S108 - read, not made


@pytest.fixture
async def composed(server: str, redis_server: RedisServer, tmp_path: Path) -> AsyncIterator[Composed]:
    async with new_database(server) as url:
        port = free_port()
        places = {
            "DATABASE_URL": url,
            "REDIS_URL": redis_server.url,
            "BACKEND_HOST": "127.0.0.1",
            "BACKEND_PORT": str(port),
            "REX_DATA_DIR": str(tmp_path / "data"),
        }
        yield Composed(compose(SECRETS)["services"], places, tmp_path, port)


async def test_goes_through_the_demo_and_stops_in_time(composed: Composed) -> None:
    migrated = await asyncio.to_thread(composed.run, "migrate", *composed.services["migrate"]["command"])
    assert migrated.returncode == 0, migrated.stderr
    processes = {name: composed.start(name) for name in SERVING}
    try:
        for name, process in processes.items():
            assert process.stdout is not None
            line = await asyncio.to_thread(process.stdout.readline)
            assert "REX is ready" in line, (composed.folder / f"{name}.log").read_text()
        assert [name for name in SERVING if not composed.is_healthy(name)] == []
        await show(f"http://127.0.0.1:{composed.port}", ROOT / "examples")
        examined = await asyncio.to_thread(composed.run, "worker", "doctor")
        assert examined.returncode == 0, examined.stdout
    finally:
        for process in processes.values():
            process.terminate()
        ended = {name: await asyncio.to_thread(exit_code, composed, name, each) for name, each in processes.items()}
    assert ended == dict.fromkeys(SERVING, 0)
    assert [name for name in SERVING if composed.is_healthy(name)] == []
    assert not (composed.folder / "data").exists(), "nothing is written beside the database"


def exit_code(composed: Composed, name: str, process: "subprocess.Popen[str]") -> int:
    """Within the time that the compose file gives it."""
    grace = re.fullmatch(r"(\d+)s", composed.services[name]["stop_grace_period"])
    assert grace is not None
    try:
        return process.wait(timeout=int(grace[1]))
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


async def test_a_process_that_froze_is_not_taken_for_a_healthy_one(composed: Composed) -> None:
    for name in ("worker", "scheduler"):
        sign = composed.sign_of_life(name)
        sign.touch()
        assert composed.is_healthy(name)
        long_ago = time.time() - 120
        os.utime(sign, (long_ago, long_ago))
        assert not composed.is_healthy(name)
