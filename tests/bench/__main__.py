"""`make bench`: the hot paths of one REX process on an empty database of its own."""

import asyncio
import json
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from tests.bench.attack import withstood
from tests.bench.ingestion import Ingestion, ingestion
from tests.bench.load import Measured, Request, measure
from tests.live import LiveRex

SECONDS = 4.0
CONNECTIONS = (16, 64)
EXAMPLES = Path(__file__).parents[2] / "examples"
FINAL = ("completed", "failed", "canceled")


def main() -> None:
    console = Console()
    with LiveRex.fresh(RATE_LIMIT_MAX="1000000000") as rex:
        rows, completed, idle, documents = asyncio.run(_measured(rex))
    table = Table("path", "connections", "requests/s", "p50 ms", "p99 ms", "errors")
    for each in rows:
        table.add_row(
            each.name,
            str(each.connections),
            f"{each.rate:,.0f}",
            f"{each.percentile(50):.1f}",
            f"{each.percentile(99):.1f}",
            str(each.errors),
        )
    console.print(table)
    console.print(f"runs of 8 nodes to completion, accepted all at once: {completed:,.0f} a second")
    console.print(
        f"documents of 1 KB, accepted and searchable: {documents.searchable:,.0f} a second "
        f"(accepted {documents.accepted:,.0f}, COPY of the bare texts {documents.copied:,.0f})"
    )
    attacks = Table("meanwhile, one attacker's 20 runs", "runs/s alone", "runs/s attacked", "ratio", "slowest s")
    for one in asyncio.run(withstood()):
        ratio = f"{one.meanwhile / one.alone:.0%}"
        attacks.add_row(one.attack, f"{one.alone:,.0f}", f"{one.meanwhile:,.0f}", ratio, f"{one.waited:.1f}")
    console.print(attacks)
    console.print(f"resident memory, idle after start: {idle:,.0f} MB without PostgreSQL")


async def _measured(rex: LiveRex) -> tuple[list[Measured], float, float, Ingestion]:
    idle = rex.resident_megabytes()
    async with httpx.AsyncClient(base_url=rex.url, timeout=60, trust_env=False) as client:
        token = await _registered(client)
        client.headers["authorization"] = f"Bearer {token}"
        drawing = json.loads((EXAMPLES / "route-orders.json").read_text())
        workflow = (await client.post("/api/workflows", json=drawing)).json()["data"]["id"]
        payload = json.loads((EXAMPLES / "orders.json").read_text())[0]["payload"]
        completed = await _runs_per_second(client, workflow, payload, runs=300)
        run = await _accept(client, workflow, payload)
        await _all_over(client, [run])
        documents = await ingestion(rex, client, token)
        for _ in range(19):
            await client.post("/api/workflows", json=drawing)
    requests = {
        "GET /api/health": Request(method="GET", path="/api/health"),
        "GET /api/auth/me": Request(method="GET", path="/api/auth/me", token=token),
        "GET one workflow": Request(method="GET", path=f"/api/workflows/{workflow}", token=token),
        "GET 20 workflows": Request(method="GET", path="/api/workflows?limit=20", token=token),
        "GET a run of 8 nodes": Request(method="GET", path=f"/api/executions/{run}", token=token),
        "POST a workflow": Request(
            method="POST", path="/api/workflows", token=token, body=json.dumps(drawing).encode()
        ),
        "POST a run": Request(
            method="POST",
            path=f"/api/workflows/{workflow}/execute",
            token=token,
            body=json.dumps({"payload": payload}).encode(),
        ),
    }
    rows = [
        await measure(name, "127.0.0.1", rex.port, lambda request=request: request, connections=count, seconds=SECONDS)  # type: ignore[misc]
        for name, request in requests.items()
        for count in CONNECTIONS
    ]
    return rows, completed, idle, documents


async def _registered(client: httpx.AsyncClient) -> str:
    person = {"email": "bench@example.com", "name": "Bench", "password": "correct horse battery"}
    token: str = (await client.post("/api/auth/register", json=person)).json()["data"]["token"]
    return token


async def _accept(client: httpx.AsyncClient, workflow: str, payload: object) -> str:
    answer = await client.post(f"/api/workflows/{workflow}/execute", json={"payload": payload})
    run: str = answer.json()["data"]["executionId"]
    return run


async def _runs_per_second(client: httpx.AsyncClient, workflow: str, payload: object, *, runs: int) -> float:
    begun = time.perf_counter()
    accepted = [await _accept(client, workflow, payload) for _ in range(runs)]
    await _all_over(client, accepted)
    return runs / (time.perf_counter() - begun)


async def _all_over(client: httpx.AsyncClient, runs: list[str]) -> None:
    for run in runs:
        status = ""
        while status not in FINAL:
            status = (await client.get(f"/api/executions/{run}")).json()["data"]["status"]


if __name__ == "__main__":
    main()
