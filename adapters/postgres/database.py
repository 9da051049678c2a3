"""Connections: an SQLAlchemy engine for units of work, an asyncpg pool for single statements."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import asyncpg
import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from adapters.postgres.failures import NOT_THERE, translated_failures
from domain.errors import Unavailable

CONNECT_SECONDS: Final = 5.0
"""How long a caller waits for a connection: for a new one to open, or for one that is in use to come back."""

STATEMENT_SECONDS: Final = 30.0

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Database:
    """Opened once per process; both kinds of connection are replaced when the server went away and came back."""

    def __init__(self, url: str, *, size: int) -> None:
        self._url = url
        self._size = size
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda: connect(url),
            pool_size=size,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            json_deserializer=str,  # documents stay text: decoding them is the repositories' business
        )

    async def open(self) -> None:
        """Raise Unavailable when the server cannot be reached."""
        with translated_failures():
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=self._size,
                timeout=CONNECT_SECONDS,
                command_timeout=STATEMENT_SECONDS,
                init=_read_json_as_bytes,
                reset=_leave_as_is,
            )

    async def close(self) -> None:
        if self._pool is not None:
            try:
                with translated_failures():
                    async with asyncio.timeout(CONNECT_SECONDS):
                        await self._pool.close()
            except Unavailable:
                self._pool.terminate()
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Rolls back unless committed. Raise Unavailable when the server is not there."""
        with translated_failures():
            async with self._engine.connect() as connection:
                yield connection

    async def row(self, statement: str, *values: object) -> asyncpg.Record | None:
        """The first row of one statement, prepared once per connection."""
        async with self._borrowed() as connection:
            record: asyncpg.Record | None = await connection.fetchrow(statement, *values)
            return record

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        async with self._borrowed() as connection:
            return await connection.fetch(statement, *values)

    @asynccontextmanager
    async def _borrowed(self) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise Unavailable(NOT_THERE)
        with translated_failures():
            async with asyncio.timeout(CONNECT_SECONDS):
                connection = await self._pool.acquire()
            try:
                yield connection
            finally:
                await self._pool.release(connection)


async def connect(url: str) -> Connection:
    """A connection of its own. The driver itself reads the URL, with all the options that libpq knows."""
    return await asyncpg.connect(url, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS)


async def _read_json_as_bytes(connection: Connection) -> None:
    """JSON goes in as text and comes out as the bytes that were stored, undecoded."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=str.encode, decoder=msgspec.Raw, format="binary"
    )


async def _leave_as_is(_: object) -> None:
    """No statement leaves session state behind, so resetting a connection would be a round trip for nothing."""
