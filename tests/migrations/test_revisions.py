"""The schema's history can be walked in both directions, and ends where the code expects it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.postgres.database import engine_url
from adapters.postgres.migrator import head_revision, migrate, revisions
from adapters.postgres.tables import accounts, executions, workflows
from tests.postgres import new_database

METADATA = {accounts.users.metadata, workflows.workflows.metadata, executions.executions.metadata}

ADD_USER = (
    "INSERT INTO users (id, email, email_key, name, password_hash) "
    "VALUES (gen_random_uuid(), 'a', 'a', 'A', 'h') RETURNING id"
)
ADD_WORKFLOW = (
    "INSERT INTO workflows (id, user_id, name, nodes, edges) "
    "VALUES (gen_random_uuid(), $1, 'W', '[]', '[]') RETURNING id"
)
ADD_RUN = (
    "INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_payload, nodes, edges, {column}) "
    "VALUES (gen_random_uuid(), $1, $2, 1, '{{}}', '[]', '[]', {value})"
)


@pytest.fixture
async def empty(server: str) -> AsyncIterator[str]:
    async with new_database(server) as url:
        yield url


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    return {row["tablename"] for row in rows} - {"alembic_version"}


def test_numbers_its_revisions_in_a_row() -> None:
    assert revisions() == [f"{number:04d}" for number in range(len(revisions()), 0, -1)]


async def test_walks_each_revision_up_down_and_up_again(empty: str) -> None:
    below = "base"
    for revision in reversed(revisions()):
        before = await tables(empty)
        assert await migrate(empty, revision) == revision
        after = await tables(empty)
        assert after > before
        await migrate(empty, below)
        assert await tables(empty) == before
        assert await migrate(empty, revision) == revision
        assert await tables(empty) == after
        below = revision


async def test_leaves_nothing_behind_on_the_way_back(empty: str) -> None:
    await migrate(empty)
    assert await migrate(empty, "base") == ""
    assert await tables(empty) == set()


async def test_ends_at_the_schema_that_the_code_expects(empty: str) -> None:
    await migrate(empty)
    (metadata,) = METADATA

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(engine_url(empty))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_can_be_repeated_and_raced(empty: str) -> None:
    answers = await asyncio.gather(*(migrate(empty) for _ in range(3)))
    assert set(answers) == {head_revision()}
    assert await migrate(empty) == head_revision()


async def test_refuses_rows_that_make_no_sense(empty: str) -> None:
    await migrate(empty)
    connection = await asyncpg.connect(empty)
    user = await connection.fetchval(ADD_USER)
    workflow = await connection.fetchval(ADD_WORKFLOW, user)
    for column, value in (
        ("status", "'lost'"),
        ("trigger_source", "'magic'"),
        ("status", "'completed'"),
        ("finished_at", "now()"),
        ("lease_owner", "'w'"),
        ("claims", "1"),
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(ADD_RUN.format(column=column, value=value), workflow, user)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE workflows SET status = 'asleep'")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(ADD_USER)
    await connection.close()
