"""Whether the database is there, with the schema of this version."""

from adapters.postgres.database import Database
from adapters.postgres.health import PostgresHealthProbe
from adapters.postgres.migrator import head_revision, migrate
from application.ports.health_probe import Finding
from tests.adapters.postgres.conftest import Connecting


async def findings(database: Database) -> dict[str, Finding]:
    return {each.name: each for each in await PostgresHealthProbe(database).findings()}


async def test_finds_everything_up_at_head(url: str, connecting: Connecting) -> None:
    found = await findings(await connecting(url))
    assert {name: each.is_up for name, each in found.items()} == {"database": True, "schema": True}


async def test_finds_a_schema_that_is_behind(url: str, connecting: Connecting) -> None:
    await migrate(url, "0002")
    found = await findings(await connecting(url))
    assert (found["database"].is_up, found["schema"].is_up) == (True, False)
    assert "0002" in found["schema"].detail
    assert head_revision() in found["schema"].detail


async def test_finds_a_database_that_was_never_migrated(empty: str, connecting: Connecting) -> None:
    found = await findings(await connecting(empty))
    assert (found["database"].is_up, found["schema"].is_up) == (True, False)


async def test_finds_a_database_that_is_down(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    await database.close()
    found = await findings(database)
    assert {name: each.is_up for name, each in found.items()} == {"database": False, "schema": False}
