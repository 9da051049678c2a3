"""Connections: an SQLAlchemy engine for units of work, an asyncpg pool for single statements."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import asyncpg
import msgspec
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import Invalid, Unavailable

CONNECT_SECONDS: Final = 5.0
STATEMENT_SECONDS: Final = 30.0
NOT_THERE: Final = "The database does not answer"

_LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


class Database:
    """Opened once per process; both kinds of connection are replaced when the server went away and came back."""

    def __init__(self, url: str, *, size: int) -> None:
        self._url = url
        self._size = size
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._engine: AsyncEngine = create_async_engine(
            engine_url(url),
            pool_size=size,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS,
            json_deserializer=str,  # documents stay text: decoding them is the repositories' business
            connect_args={"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS},
        )

    async def open(self) -> None:
        """Raise Unavailable when the server cannot be reached."""
        with _translated():
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
                async with asyncio.timeout(CONNECT_SECONDS):
                    await self._pool.close()
            except _LOST:
                self._pool.terminate()
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Rolls back unless committed. Raise Unavailable when the server is not there."""
        try:
            async with self._engine.connect() as connection:
                yield connection
        except (PoolTimeout, *_LOST) as lost:
            raise Unavailable(NOT_THERE) from lost
        except DBAPIError as failure:
            if failure.connection_invalidated or isinstance(_cause(failure), _LOST):
                raise Unavailable(NOT_THERE) from failure
            raise

    async def row(self, statement: str, *values: object) -> asyncpg.Record | None:
        """The first row of one statement, prepared once per connection."""
        with _translated():
            record: asyncpg.Record | None = await self._opened.fetchrow(statement, *values)
            return record

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        with _translated():
            return await self._opened.fetch(statement, *values)

    @property
    def _opened(self) -> "asyncpg.Pool[asyncpg.Record]":
        if self._pool is None:
            raise Unavailable(NOT_THERE)
        return self._pool


def engine_url(url: str) -> URL:
    """The same server for SQLAlchemy: its driver takes the directory of a Unix socket as `host`."""
    return make_url(url).set(drivername="postgresql+asyncpg")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _LOST as lost:
        raise Unavailable(NOT_THERE) from lost
    except asyncpg.DataError as refusal:
        raise Invalid("The database cannot keep this value") from refusal


def _cause(failure: DBAPIError) -> BaseException | None:
    """What the driver itself raised, below SQLAlchemy's wrapping."""
    return failure.orig.__cause__ if failure.orig is not None else None


async def _read_json_as_bytes(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """JSON goes in as text and comes out as the bytes that were stored, undecoded."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=str.encode, decoder=msgspec.Raw, format="binary"
    )


async def _leave_as_is(_: object) -> None:
    """No statement leaves session state behind, so resetting a connection would be a round trip for nothing."""
