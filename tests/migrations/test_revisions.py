"""Each revision goes up, down and up again; all of them together make the schema that the code knows."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SyncConnection

from adapters.postgres.database import Database, connect
from adapters.postgres.migrator import MIGRATIONS, head_revision, migrate, revisions
from adapters.postgres.tables import metadata
from domain.errors import Conflict
from tests.postgres import new_database

ORDER = ["base", *reversed(revisions())]

CONSTRAINTS = """
SELECT conrelid::regclass::text AS owner, conname AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
COLUMNS = """
SELECT table_name, column_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position) AS place,
       data_type, character_maximum_length, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = 'public'
"""
STORAGE = "SELECT relname, reloptions::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"


@pytest.fixture
async def url(server: str) -> AsyncIterator[str]:
    async with new_database(server) as url:
        yield url


async def described(url: str) -> set[tuple[object, ...]]:
    """All that a schema consists of, except what alembic keeps for itself."""
    connection = await connect(url)
    rows = [row for each in (CONSTRAINTS, INDEXES, COLUMNS, STORAGE) for row in await connection.fetch(each)]
    await connection.close()
    return {tuple(row) for row in rows if "alembic_version" not in tuple(row)}


@pytest.mark.parametrize(("before", "revision"), list(pairwise(ORDER)))
async def test_goes_up_down_and_up_again(url: str, before: str, revision: str) -> None:
    if before != "base":
        await migrate(url, before)
    start = await described(url)
    assert await migrate(url, revision) == revision
    there = await described(url)
    assert there != start
    assert await migrate(url, before) == ("" if before == "base" else before)
    assert await described(url) == start
    assert await migrate(url, revision) == revision
    assert await described(url) == there


def test_files_are_named_by_their_revisions() -> None:
    known = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    assert known == revisions()
    assert known[0] == head_revision()


async def test_goes_all_the_way_down(url: str) -> None:
    await migrate(url)
    assert await migrate(url, "base") == ""
    assert await described(url) == set()


async def test_finds_no_difference_to_the_tables_that_the_code_knows(url: str) -> None:
    def differences(connection: SyncConnection) -> list[object]:
        compared = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(compared, metadata))

    await migrate(url)
    database = Database(url, size=1)
    async with database.transaction() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_makes_the_very_schema_that_the_tables_would(url: str, server: str) -> None:
    await migrate(url)
    async with new_database(server) as other:
        database = Database(other, size=1)
        async with database.transaction() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.commit()
        await database.close()
        made = {tuple(row) for row in await described(other)}
    assert await described(url) == made


async def test_lets_processes_that_start_together_migrate_once(url: str) -> None:
    assert await asyncio.gather(*(migrate(url) for _ in range(4))) == [ORDER[-1]] * 4


async def test_changes_nothing_at_head(url: str) -> None:
    await migrate(url)
    before = await described(url)
    assert await migrate(url) == ORDER[-1]
    assert await described(url) == before


async def test_refuses_a_revision_that_it_does_not_know(url: str) -> None:
    await migrate(url)
    with pytest.raises(Conflict, match="0999"):
        await migrate(url, "0999")
    connection = await connect(url)
    await connection.execute("UPDATE alembic_version SET version_num = '0998'")
    await connection.close()
    with pytest.raises(Conflict, match="0998"):
        await migrate(url)
