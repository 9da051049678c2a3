"""Servers that say over real connections whatever a test wants them to say."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from domain.outgoing.addresses import Address
from domain.outgoing.errors import NameNotResolved


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came: `headers` with lower-case names."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Visitors:
    """Who came to a server. `gone` is set when one has hung up before the answer was complete."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


Say = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


def saying(answer: bytes) -> Say:
    async def say(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return say


def a_reply(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def a_redirect(location: str, status: str = "302 Found") -> bytes:
    return a_reply(b"", f"Location: {location}", status=status)


@asynccontextmanager
async def serving(
    say: Say, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Visitors]:
    visitors = Visitors()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visitors.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await _read(reader)
            visitors.received.append(request)
            talking = asyncio.ensure_future(_talk(say, request, writer))
            hung_up = asyncio.ensure_future(reader.read())
            await asyncio.wait([talking, hung_up], return_when=asyncio.FIRST_COMPLETED)
            if not talking.done() or talking.exception():
                visitors.gone.set()
            for task in (talking, hung_up):
                task.cancel()
            await asyncio.gather(talking, hung_up, return_exceptions=True)
        writer.close()

    server = await asyncio.start_server(visit, host, port, ssl=tls)
    visitors.port = server.sockets[0].getsockname()[1]
    try:
        yield visitors
    finally:
        server.close()
        await asyncio.sleep(0)


async def _talk(say: Say, request: Received, writer: asyncio.StreamWriter) -> None:
    await say(request, writer)
    await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(line, headers, body)


@dataclass
class Names:
    """A resolver that knows a few names; with several answers for one, each is given once, the last for ever."""

    known: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str) -> Sequence[Address]:
        self.asked.append(host)
        answers = self.known.get(host)
        if not answers:
            raise NameNotResolved(host)
        return [ip_address(each) for each in (answers.pop(0) if len(answers) > 1 else answers[0])]
