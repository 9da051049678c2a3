"""Outlasting a database that is just being started, or started again, for whoever begins at the same time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from adapters.postgres.failures import NotAdmitted
from domain.errors import Unavailable

Answer = TypeVar("Answer")

PAUSE_SECONDS: Final = 0.25


async def once_there(
    call: Callable[[], Awaitable[Answer]],
    *,
    within: timedelta,
    say: Callable[[str], None],
    pause: float = PAUSE_SECONDS,
) -> Answer:
    """The answer of `call`, which is repeated while the database is away, and may therefore be carried out twice.

    `say` hears that somebody waits. Raise Unavailable when it is not there in time, and at once when waiting would not
    mend it: a wrong address, a wrong password, no such database.
    """
    deadline = time.monotonic() + within.total_seconds()
    is_told = False
    while True:
        try:
            return await call()
        except NotAdmitted:
            raise
        except Unavailable as outage:
            if time.monotonic() + pause > deadline:
                raise
            if not is_told:
                say(f"{outage}; waiting for it, {within.total_seconds():g} seconds at most")
                is_told = True
        await asyncio.sleep(pause)
