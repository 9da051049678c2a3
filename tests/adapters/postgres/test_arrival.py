"""Who begins while the database is being restarted."""

from datetime import timedelta

import pytest
from sqlalchemy import make_url

from adapters.postgres.arrival import once_there
from adapters.postgres.database import connect
from adapters.postgres.failures import NOT_THERE, NotAdmitted, translated_failures
from domain.errors import Unavailable

LONG = timedelta(minutes=1)
NOT_AT_ALL = timedelta(0)


class Server:
    """Away for so many calls."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)

    async def __call__(self) -> str:
        if self.failures:
            raise self.failures.pop(0)
        return "there"


async def test_waits_until_it_is_there_and_says_so_once() -> None:
    said: list[str] = []
    away = Server(Unavailable(NOT_THERE), Unavailable(NOT_THERE))
    assert await once_there(away, within=LONG, say=said.append, pause=0) == "there"
    assert said == ["The database does not answer; waiting for it, 60 seconds at most"]


async def test_gives_up_in_the_end() -> None:
    with pytest.raises(Unavailable, match=NOT_THERE):
        await once_there(Server(Unavailable(NOT_THERE)), within=NOT_AT_ALL, say=lambda _: None)


async def test_does_not_wait_where_waiting_does_not_help(server: str) -> None:
    nowhere = make_url(server).set(database="nowhere").render_as_string(hide_password=False)

    async def knocks() -> None:
        with translated_failures():
            await connect(nowhere)

    said: list[str] = []
    with pytest.raises(NotAdmitted):
        await once_there(knocks, within=LONG, say=said.append)
    assert said == []
