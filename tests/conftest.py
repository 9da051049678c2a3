"""One server of a kind for all tests that want one, started at the first of them; a clean database for each."""

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from adapters.postgres.database import Database
from adapters.postgres.migrator import migrate
from tests.postgres import new_database, test_server
from tests.redis_server import RedisServer, own_redis, shared_redis

# How long an example takes says more of the machine. The same examples each time: what fails then was just broken.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500, print_blob=True)
settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts processes takes longest, so it comes first: nobody is left with the longest file at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[str]:
    async with test_server() as url:
        yield url


@pytest.fixture(scope="session")
async def migrated(server: str) -> AsyncIterator[Database]:
    async with new_database(server) as url:
        await migrate(url)
        database = Database(url, size=4)
        await database.open()
        yield database
        await database.close()


@pytest.fixture
async def database(migrated: Database) -> Database:
    """At head, without a row: everything hangs on users."""
    await migrated.rows("DELETE FROM users")
    return migrated


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis that nobody empties: tests keep apart by the names of their keys."""
    with shared_redis() as url:
        yield url


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis of the test's own, to be stopped, hung and flushed."""
    with own_redis() as server:
        yield server
