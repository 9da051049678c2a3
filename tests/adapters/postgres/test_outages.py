"""A database that goes away and comes back."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import pytest

from adapters.embedded.server import EmbeddedPostgres
from adapters.postgres.database import Database
from adapters.postgres.migrator import migrate
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from domain.errors import Unavailable
from tests.adapters.embedded.holding import until
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import a_scene
from tests.make import a_user
from tests.postgres import reachable_directory

END_ALL = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def on_pool(database: Database) -> None:
    await database.row("SELECT 1")


async def in_a_unit_of_work(database: Database) -> None:
    async with PostgresUnitOfWork(database) as work:
        await work.users.find_by_email("nobody@example.com")


async def succeeds_in_the_end(ask: Callable[[], Awaitable[None]]) -> None:
    """Nothing but Unavailable may be heard in between."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await ask()
            except Unavailable:
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("call", [on_pool, in_a_unit_of_work])
async def test_replaces_connections_that_the_server_ended(
    url: str, connecting: Connecting, call: Callable[[Database], Awaitable[None]]
) -> None:
    database, other = await connecting(url, size=2), await connecting(url)
    await asyncio.gather(call(database), call(database))
    await other.rows(END_ALL)
    await asyncio.sleep(0.05)  # until we have heard of it
    await call(database)


async def test_forgets_a_unit_of_work_whose_connection_ended(url: str, connecting: Connecting) -> None:
    database, other = await connecting(url), await connecting(url)
    ada = a_user()

    async def interrupted() -> None:
        async with PostgresUnitOfWork(database) as work:
            await work.users.add(ada)
            await other.rows(END_ALL)
            await work.commit()

    with pytest.raises(Unavailable):
        await interrupted()
    async with PostgresUnitOfWork(database) as work:
        assert await work.users.find_by_email(ada.email) is None


async def test_goes_on_after_the_server_was_killed(connecting: Connecting) -> None:
    with reachable_directory() as directory:
        said: list[str] = []
        server = EmbeddedPostgres(directory, say=said.append)
        address = await server.start()
        try:
            await migrate(address.url)
            database = await connecting(address.url, size=2)
            scene = await a_scene(database)
            run = await scene.accept()
            postmaster = int((directory / "cluster" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
            await succeeds_in_the_end(lambda: on_pool(database))
            await succeeds_in_the_end(lambda: in_a_unit_of_work(database))
            await until(lambda: "The database is back." in said)  # orphaned processes answer until they notice
            assert (await scene.claim()).execution_id == run.id
            await database.close()
        finally:
            await server.stop()
