"""Counts how often a client waits for the server, by listening in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

_WAITS = (b"S", b"H", b"Q")
"""Sync, Flush and simple Query: after each of them the client waits for an answer."""


class RoundTrips:
    def __init__(self, server: str) -> None:
        self._url = make_url(server)
        self.count = 0

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await self._connected()
        answering = asyncio.create_task(_copied(answers, writer))
        try:
            await self._asked(reader, questions)
        except asyncio.IncompleteReadError:
            pass
        finally:
            questions.close()
            await answering

    async def _asked(self, reader: asyncio.StreamReader, questions: asyncio.StreamWriter) -> None:
        """The first message of a connection has no type; each has its length in four bytes, which count."""
        kind = b""
        while True:
            size = await reader.readexactly(4)
            body = await reader.readexactly(int.from_bytes(size) - 4)
            questions.write(kind + size + body)
            await questions.drain()
            self.count += kind in _WAITS
            kind = await reader.readexactly(1)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._url.query.get("host") or self._url.host, self._url.query.get("port") or self._url.port
        if str(host).startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(str(host), int(str(port or 5432)))


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65536):
        writer.write(some)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def counted_round_trips(server: str, directory: Path) -> AsyncIterator[tuple[RoundTrips, str]]:
    """The counter, and the URL under which the same database is reached through it."""
    counter = RoundTrips(server)
    relay = await asyncio.start_unix_server(counter.relay, directory / ".s.PGSQL.5432")
    url = make_url(server).set(host=None, port=None, query={"host": str(directory), "port": "5432"})
    async with relay:
        yield counter, url.render_as_string(hide_password=False)
