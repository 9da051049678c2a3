"""What one person's hostile scripts leave of everybody else's throughput, measured within one run of one REX."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from tests.e2e.drawings import chain, node
from tests.live import LiveRex

SECONDS: Final = 6.0
AT_ONCE: Final = 8
QUEUED: Final = 20
"""Hostile runs that wait or are worked on at any time."""
FINAL: Final = ("completed", "failed", "canceled")
EXAMPLES: Final = Path(__file__).parents[2] / "examples"
SCRIPT_MS: Final = 10_000

ATTACKS: Final = {
    "endless loops": "for (;;);",
    "allocation bombs": "const all = []; for (;;) all.push(new ArrayBuffer(1 << 20), new Array(1e5).fill('x'));",
    "expressions that backtrack": "return /^(a+)+$/.test('a'.repeat(64) + 'b')",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Withstood:
    """Runs a second of somebody who is alone, and while an attacker's scripts run on the same REX; `waited` is how long
    the slowest of those runs took, in seconds.
    """

    attack: str
    alone: float
    meanwhile: float
    waited: float


@dataclass(frozen=True, slots=True)
class Person:
    client: httpx.AsyncClient
    token: str

    @classmethod
    async def registered(cls, client: httpx.AsyncClient, name: str) -> "Person":
        person = {"email": f"{name}@example.com", "name": name, "password": "correct horse battery"}
        answer = await client.post("/api/auth/register", json=person)
        return cls(client, answer.json()["data"]["token"])

    async def asks(self, method: str, path: str, body: object = None) -> Any:
        headers = {"authorization": f"Bearer {self.token}"}
        answer = await self.client.request(method, path, json=body, headers=headers)
        return answer.raise_for_status().json()["data"]

    async def draws(self, drawing: object) -> str:
        return str((await self.asks("POST", "/api/workflows", drawing))["id"])

    async def runs(self, workflow: str, payload: object, *, look_every: float) -> None:
        """Return when it is over."""
        started = await self.asks("POST", f"/api/workflows/{workflow}/execute", {"payload": payload})
        while (await self.asks("GET", f"/api/executions/{started['executionId']}"))["status"] not in FINAL:
            await asyncio.sleep(look_every)


async def withstood() -> list[Withstood]:
    """One REX for each attack, and both numbers from the same one: machines are not equally fast all the time."""
    drawing = json.loads((EXAMPLES / "route-orders.json").read_text())
    payload = json.loads((EXAMPLES / "orders.json").read_text())[0]["payload"]
    measured = []
    for attack, script in ATTACKS.items():
        with LiveRex.fresh(RATE_LIMIT_MAX="1000000000") as rex:
            async with httpx.AsyncClient(base_url=rex.url, timeout=60, trust_env=False) as client:
                victim = await Person.registered(client, "victim")
                workflow = await victim.draws(drawing)
                alone, _ = await _throughput(victim, workflow, payload)
                async with _attacked(await Person.registered(client, "attacker"), script):
                    meanwhile, waited = await _throughput(victim, workflow, payload)
                measured.append(Withstood(attack=attack, alone=alone, meanwhile=meanwhile, waited=waited))
    return measured


@asynccontextmanager
async def _attacked(attacker: Person, script: str) -> AsyncIterator[None]:
    bad = node("bad", "code", code=script, timeoutMs=SCRIPT_MS)
    workflow = await attacker.draws(chain(node("start", "manual-trigger"), bad))

    async def again_and_again() -> None:
        while True:
            await attacker.runs(workflow, {}, look_every=0.5)

    attacks = [asyncio.create_task(again_and_again()) for _ in range(QUEUED)]
    await asyncio.sleep(2)
    try:
        yield
    finally:
        for each in attacks:
            each.cancel()
        await asyncio.gather(*attacks, return_exceptions=True)


async def _throughput(victim: Person, workflow: str, payload: object) -> tuple[float, float]:
    """Runs a second, and the seconds that the slowest took. Those that are not over at the end count as slow only."""
    took: list[float] = []
    begun = time.perf_counter()

    async def one_after_the_other() -> None:
        while True:
            asked = time.perf_counter()
            try:
                await victim.runs(workflow, payload, look_every=0.01)
            finally:
                took.append(time.perf_counter() - asked)

    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE))), SECONDS)
    return (len(took) - AT_ONCE) / (time.perf_counter() - begun), max(took)
