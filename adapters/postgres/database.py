"""Connections: an SQLAlchemy engine for units of work, an asyncpg pool for single statements."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol, TypeAlias
from weakref import WeakSet

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import PoolProxiedConnection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.postgres.failures import NOT_THERE, translated_failures
from domain.errors import Unavailable

CONNECT_SECONDS: Final = 5.0
STATEMENT_SECONDS: Final = 30.0

NEAREST_NEIGHBOURS: Final = {
    "hnsw.ef_search": "200",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "40000",
    "hnsw.scan_mem_multiplier": "8",
}
"""How thoroughly graphs of vectors are searched: until enough that is in scope was met, or it takes too long."""
SET_LOCALLY: Final = "SELECT set_config(name, value, true) FROM unnest($1::text[], $2::text[]) AS given (name, value)"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Rows(Protocol):
    """Where statements can be asked, one at a time or many."""

    async def row(self, statement: str, *values: object) -> asyncpg.Record | None: ...

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record]: ...

    async def rows_under(self, settings: Mapping[str, str], statement: str, *values: object) -> list[asyncpg.Record]:
        """With these settings of the server for this statement alone, which costs three more round trips."""


class Snapshot:
    """Every statement sees the same state, that of the first one. One at a time: they share a connection."""

    def __init__(self, connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
        self._connection = connection

    async def row(self, statement: str, *values: object) -> asyncpg.Record | None:
        record: asyncpg.Record | None = await self._connection.fetchrow(statement, *values)
        return record

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        return await self._connection.fetch(statement, *values)

    async def rows_under(self, settings: Mapping[str, str], statement: str, *values: object) -> list[asyncpg.Record]:
        return await _rows_under(self._connection, settings, statement, values)

    async def exported(self) -> str:
        """The name under which other transactions can have this state, as long as this one lasts."""
        return str(await self._connection.fetchval("SELECT pg_export_snapshot()"))


class Database:
    """Opened once per process; both kinds of connection are replaced when the server went away and came back.

    A caller waits at most `connect_seconds` for a connection and `statement_seconds` for an answer.
    """

    def __init__(
        self,
        url: str,
        *,
        size: int,
        connect_seconds: float = CONNECT_SECONDS,
        statement_seconds: float = STATEMENT_SECONDS,
    ) -> None:
        self._url = url
        self._size = size
        self._connect_seconds = connect_seconds
        self._statement_seconds = statement_seconds
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._beside_the_pool: WeakSet[Connection] = WeakSet()
        self._is_given_up = False
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connected,
            pool_size=size,
            max_overflow=0,
            pool_timeout=connect_seconds,
            json_deserializer=str,  # documents stay text: decoding them is the repositories' business
        )
        event.listen(self._engine.sync_engine, "checkout", _refuse_closed)

    async def open(self) -> None:
        """Raise Unavailable when the server cannot be reached."""
        with translated_failures():
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=self._size,
                timeout=self._connect_seconds,
                command_timeout=self._statement_seconds,
                server_settings=NEAREST_NEIGHBOURS,
                init=_read_json_as_bytes,
                reset=_leave_as_is,
            )

    async def close(self) -> None:
        """Politely, if the server answers in time."""
        try:
            with translated_failures():
                async with asyncio.timeout(self._connect_seconds):
                    if self._pool is not None:
                        await self._pool.close()
                    await self._engine.dispose()
        except Unavailable:
            self.give_up()

    def give_up(self) -> None:
        """End every connection at once. Whoever waits on one is answered Unavailable, and so is whoever comes now."""
        self._is_given_up = True
        if self._pool is not None:
            self._pool.terminate()
        for each in tuple(self._beside_the_pool):
            with contextlib.suppress(asyncpg.InterfaceError):
                each.terminate()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Rolls back unless committed. Raise Unavailable when the server is not there."""
        with translated_failures():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def session(self, settings: Mapping[str, str]) -> AsyncIterator[Connection]:
        """A connection outside the pool, for what takes long: here no statement is given up."""
        connection = await asyncpg.connect(self._url, timeout=self._connect_seconds, server_settings=dict(settings))
        self._beside_the_pool.add(connection)
        try:
            yield connection
        finally:
            await connection.close(timeout=self._connect_seconds)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """For several statements that have to agree. It keeps a connection until it ends, so nothing else is waited for
        meanwhile, another connection least of all."""
        with translated_failures():
            connection = await self._borrowed()
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    yield Snapshot(connection)
            finally:
                if connection.is_in_transaction():
                    connection.terminate()
                await self._opened.release(connection)

    @asynccontextmanager
    async def beside(self, snapshot: Snapshot) -> AsyncIterator[Snapshot | None]:
        """The same state once more, to be asked at the same time. None unless there is a connection at this moment: who
        holds one and waits for another would wait for those that do the same."""
        pool = self._opened
        if not pool.get_idle_size() and pool.get_size() == pool.get_max_size():
            yield None
            return
        with translated_failures():
            connection = await self._borrowed()
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    await connection.execute(f"SET TRANSACTION SNAPSHOT '{await snapshot.exported()}'")
                    yield Snapshot(connection)
            finally:
                if connection.is_in_transaction():
                    connection.terminate()
                await self._opened.release(connection)

    async def row(self, statement: str, *values: object) -> asyncpg.Record | None:
        """The first row of one statement, prepared once per connection."""
        with translated_failures():
            connection = await self._borrowed()
            try:
                record: asyncpg.Record | None = await connection.fetchrow(statement, *values)
                return record
            finally:
                await self._opened.release(connection)

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        with translated_failures():
            connection = await self._borrowed()
            try:
                return await connection.fetch(statement, *values)
            finally:
                await self._opened.release(connection)

    async def rows_under(self, settings: Mapping[str, str], statement: str, *values: object) -> list[asyncpg.Record]:
        with translated_failures():
            connection = await self._borrowed()
            try:
                return await _rows_under(connection, settings, statement, values)
            finally:
                await self._opened.release(connection)

    async def _connected(self) -> Connection:
        if self._is_given_up:
            raise Unavailable(NOT_THERE)
        connection = await connect(
            self._url, connect_seconds=self._connect_seconds, statement_seconds=self._statement_seconds
        )
        self._beside_the_pool.add(connection)
        return connection

    async def _borrowed(self) -> "PoolConnectionProxy[asyncpg.Record]":
        async with asyncio.timeout(self._connect_seconds):
            return await self._opened.acquire()

    @property
    def _opened(self) -> "asyncpg.Pool[asyncpg.Record]":
        if self._pool is None:
            raise Unavailable(NOT_THERE)
        return self._pool


async def connect(
    url: str, *, connect_seconds: float = CONNECT_SECONDS, statement_seconds: float = STATEMENT_SECONDS
) -> Connection:
    """A connection of its own. The driver itself reads the URL, with all the options that libpq knows."""
    return await asyncpg.connect(url, timeout=connect_seconds, command_timeout=statement_seconds)


def _refuse_closed(_: DBAPIConnection, record: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
    """Have a connection that ended replaced. The driver knows without asking; a ping would be three round trips."""
    connection: Connection | None = record.driver_connection
    if connection is None or connection.is_closed():
        raise DisconnectionError


async def _read_json_as_bytes(connection: Connection) -> None:
    """JSON goes in as text and comes out as the bytes that were stored, undecoded."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=str.encode, decoder=msgspec.Raw, format="binary"
    )


async def _leave_as_is(_: object) -> None:
    """No statement leaves session state behind, so resetting a connection would be a round trip for nothing."""


async def _rows_under(
    connection: "PoolConnectionProxy[asyncpg.Record]",
    settings: Mapping[str, str],
    statement: str,
    values: Sequence[object],
) -> list[asyncpg.Record]:
    """Settings end with what is rolled back, within a transaction too."""
    ours = connection.transaction()
    await ours.start()
    try:
        await connection.execute(SET_LOCALLY, [*settings], [*settings.values()])
        return await connection.fetch(statement, *values)
    finally:
        await ours.rollback()
