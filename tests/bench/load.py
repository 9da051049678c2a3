"""A small HTTP/1.1 load generator: keep-alive connections that ask, wait and ask again."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`latencies` in seconds, unsorted."""

    name: str
    connections: int
    seconds: float
    latencies: list[float]
    errors: int

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """In milliseconds."""
        if len(self.latencies) < 2:
            return 0.0
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1] * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    token: str = ""
    body: bytes = b""

    def encoded(self, host: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"host: {host}"]
        if self.token:
            lines.append(f"authorization: Bearer {self.token}")
        if self.body:
            lines += ["content-type: application/json", f"content-length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


async def measure(
    name: str, host: str, port: int, request: Callable[[], Request], *, connections: int, seconds: float
) -> Measured:
    """Ask over and over on so many connections for so long."""
    latencies: list[float] = []
    errors = 0
    deadline = time.perf_counter() + seconds

    async def ask_on_one_connection() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection(host, port)
        while time.perf_counter() < deadline:
            begun = time.perf_counter()
            writer.write(request().encoded(host))
            status = await _answered(reader)
            latencies.append(time.perf_counter() - begun)
            errors += status >= 400
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(ask_on_one_connection() for _ in range(connections)))
    spent = time.perf_counter() - begun
    return Measured(name=name, connections=connections, seconds=spent, latencies=latencies, errors=errors)


async def send_all(host: str, port: int, requests: Iterable[Request], *, connections: int) -> set[int]:
    """Each request once, over so many connections; answers which statuses came back."""
    waiting, statuses = iter(requests), set[int]()

    async def send_on_one_connection() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for request in waiting:
            writer.write(request.encoded(host))
            statuses.add(await _answered(reader))
        writer.close()

    await asyncio.gather(*(send_on_one_connection() for _ in range(connections)))
    return statuses


async def _answered(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    for line in lines:
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
        elif line.startswith(b"transfer-encoding:"):
            await _skip_chunks(reader)
    return int(lines[0].split(b" ")[1])


async def _skip_chunks(reader: asyncio.StreamReader) -> None:
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        await reader.readexactly(size + 2)
    await reader.readexactly(2)
