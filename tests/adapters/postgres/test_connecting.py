"""What a URL may say, and what becomes of a caller that cannot be served."""

import asyncio

import pytest
from sqlalchemy import make_url

from adapters.postgres.failures import NOT_ADMITTED, NOT_THERE
from adapters.postgres.migrator import migrate
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from domain.errors import Unavailable
from tests.adapters.postgres.conftest import Connecting

NOBODY_LISTENS = "postgresql://rex:secret@127.0.0.1:1/rex"
NAME = "SELECT current_setting('application_name') AS name"


async def test_understands_the_options_that_libpq_knows(empty: str, connecting: Connecting) -> None:
    options = {"sslmode": "prefer", "application_name": "somebody"}
    url = make_url(empty).update_query_dict(options).render_as_string(hide_password=False)
    await migrate(url)
    database = await connecting(url)
    row = await database.row(NAME)
    assert row is not None
    assert row["name"] == "somebody"
    async with database.transaction() as connection:
        assert (await connection.exec_driver_sql(NAME)).scalar_one() == "somebody"


async def test_says_that_no_server_answers(connecting: Connecting) -> None:
    for attempt in (connecting(NOBODY_LISTENS), migrate(NOBODY_LISTENS)):
        with pytest.raises(Unavailable, match=NOT_THERE) as refusal:
            await attempt
        assert "secret" not in str(refusal.value)


async def test_says_that_the_server_lets_us_not_in(empty: str, connecting: Connecting) -> None:
    elsewhere = make_url(empty).set(database="not_there").render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match=NOT_ADMITTED):
        await connecting(elsewhere)


async def test_says_which_option_is_impossible(empty: str, connecting: Connecting) -> None:
    asking_too_much = make_url(empty).update_query_dict({"sslmode": "sometimes"}).render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match="sslmode"):
        await connecting(asking_too_much)


async def test_answers_in_time_when_all_connections_are_in_use(url: str, connecting: Connecting) -> None:
    database = await connecting(url, connect_seconds=0.2)
    busy = asyncio.create_task(database.row("SELECT pg_sleep(2)"))
    await asyncio.sleep(0.05)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(database.row("SELECT 1"), timeout=1)
    async with database.transaction():
        with pytest.raises(Unavailable):
            async with asyncio.timeout(1), PostgresUnitOfWork(database):
                pass
    busy.cancel()
    with pytest.raises(asyncio.CancelledError):
        await busy
    assert await database.row("SELECT 1") is not None


async def test_does_not_wait_for_ever_for_an_answer(url: str, connecting: Connecting) -> None:
    database = await connecting(url, statement_seconds=0.1)
    with pytest.raises(Unavailable):
        await database.row("SELECT pg_sleep(5)")
    with pytest.raises(Unavailable):
        async with database.transaction() as connection:
            await connection.exec_driver_sql("SELECT pg_sleep(5)")
    assert await database.row("SELECT 1") is not None


async def test_refuses_calls_before_it_is_opened_and_after_it_is_closed(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    await database.close()
    with pytest.raises(Unavailable):
        await database.row("SELECT 1")


async def test_who_waits_is_told_when_it_is_given_up(url: str, connecting: Connecting) -> None:
    database = await connecting(url, size=2, statement_seconds=120)
    in_transaction = asyncio.Event()

    async def in_a_transaction() -> None:
        async with database.transaction() as connection:
            in_transaction.set()
            await connection.exec_driver_sql("SELECT pg_sleep(60)")

    async def beside() -> None:
        async with database.session({}) as connection:
            in_session.set()
            await connection.execute("SELECT pg_sleep(60)")

    in_session = asyncio.Event()
    waiting = [
        asyncio.create_task(each) for each in (database.row("SELECT pg_sleep(60)"), in_a_transaction(), beside())
    ]
    await asyncio.gather(in_transaction.wait(), in_session.wait())
    await asyncio.sleep(0.05)
    database.give_up()
    async with asyncio.timeout(10):
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(each) for each in ends[:2]] == [Unavailable, Unavailable]
        assert isinstance(ends[2], Exception)
        with pytest.raises(Unavailable):
            await database.row("SELECT 1")
        with pytest.raises(Unavailable):
            async with database.transaction():
                pass
        await database.close()
