"""How fast documents become searchable, beside how fast PostgreSQL takes their bare texts."""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import asyncpg
import httpx

from adapters.embedded.server import running_address
from tests.bench.load import Request, send_all
from tests.live import LiveRex

DOCUMENTS = 3000
CONNECTIONS = 16
BYTES = 1024


@dataclass(frozen=True, kw_only=True)
class Ingestion:
    """Documents per second: accepted, from the first request to all of them searchable, and copied as they are."""

    accepted: float
    searchable: float
    copied: float


async def ingestion(rex: LiveRex, client: httpx.AsyncClient, token: str) -> Ingestion:
    texts = list(_texts())
    corpus = (await client.post("/api/knowledge/corpora", json={"name": "Bench"})).json()["data"]["id"]
    requests = [
        Request(
            method="POST",
            path="/api/knowledge/documents/ingest",
            token=token,
            body=json.dumps({"corpusId": corpus, "title": text[:40], "contentText": text}).encode(),
        )
        for text in texts
    ]
    begun = time.perf_counter()
    assert await send_all("127.0.0.1", rex.port, requests, connections=CONNECTIONS) == {202}
    accepted = time.perf_counter() - begun
    while (await _ready(client, corpus)) < DOCUMENTS:
        await asyncio.sleep(0.1)
    searchable = time.perf_counter() - begun
    copied = await _copied(rex, texts)
    return Ingestion(accepted=DOCUMENTS / accepted, searchable=DOCUMENTS / searchable, copied=DOCUMENTS / copied)


def _texts() -> Iterator[str]:
    """Words with the frequencies of natural language, near enough, in documents of a kilobyte."""
    dice = random.Random(17)  # noqa: S311 - nothing secret
    words = ["".join(dice.choices("aeinorstlmdu", k=dice.randint(2, 10))) for _ in range(20_000)]
    weights = [1 / place for place in range(1, len(words) + 1)]
    for number in range(DOCUMENTS):
        yield f"{number} {' '.join(dice.choices(words, weights, k=300))}"[:BYTES]


async def _ready(client: httpx.AsyncClient, corpus: str) -> int:
    answer = await client.get(f"/api/knowledge/corpora/{corpus}")
    ready: int = answer.json()["data"]["documentCounts"]["ready"]
    return ready


async def _copied(rex: LiveRex, texts: list[str]) -> float:
    """Seconds for COPY into a table of its own in the same database."""
    address = running_address(rex.data_dir)
    assert address is not None
    connection = await asyncpg.connect(address.url)
    try:
        await connection.execute("CREATE TABLE bench_copy (id uuid PRIMARY KEY, title text, content text)")
        begun = time.perf_counter()
        await connection.copy_records_to_table("bench_copy", records=[(uuid4(), each[:40], each) for each in texts])
        return time.perf_counter() - begun
    finally:
        await connection.execute("DROP TABLE IF EXISTS bench_copy")
        await connection.close()
