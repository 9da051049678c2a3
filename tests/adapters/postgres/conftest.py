"""Databases that a test may damage, with connections of its own."""

from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from adapters.postgres.database import Database
from adapters.postgres.migrator import migrate
from tests.postgres import new_database


@pytest.fixture
async def empty(server: str) -> AsyncIterator[str]:
    """The URL of a database without a schema."""
    async with new_database(server) as url:
        yield url


@pytest.fixture
async def url(empty: str) -> str:
    """The URL of a migrated database."""
    await migrate(empty)
    return empty


class Connecting(Protocol):
    async def __call__(
        self, url: str, *, size: int = 1, connect_seconds: float = 5, statement_seconds: float = 5
    ) -> Database: ...


@pytest.fixture
async def connecting() -> AsyncIterator[Connecting]:
    """Opens databases that are closed after the test."""
    opened: list[Database] = []

    async def connecting(
        url: str, *, size: int = 1, connect_seconds: float = 5, statement_seconds: float = 5
    ) -> Database:
        database = Database(url, size=size, connect_seconds=connect_seconds, statement_seconds=statement_seconds)
        opened.append(database)
        await database.open()
        return database

    yield connecting
    for database in opened:
        await database.close()
