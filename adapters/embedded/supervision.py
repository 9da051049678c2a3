"""A server that dies is started again, unless it keeps dying."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from adapters.embedded.errors import EmbeddedPostgresFailed
from adapters.embedded.postmaster import Postmaster

MOST_DEATHS = 5
WITHIN_SECONDS = 60.0


async def keep_running(postmaster: Postmaster, say: Callable[[str], None]) -> None:
    """Runs until cancelled; returns, having said so, at the fifth death within a minute."""
    deaths: deque[float] = deque(maxlen=MOST_DEATHS)
    while True:
        await postmaster.ended()
        deaths.append(time.monotonic())
        if len(deaths) == MOST_DEATHS and deaths[-1] - deaths[0] < WITHIN_SECONDS:
            say(f"The database died {MOST_DEATHS} times within a minute and is left alone. Restart REX.")
            return
        say("The database died and is being started again; nothing that was committed is lost.")
        await asyncio.sleep((len(deaths) - 1) / 2)
        try:
            await postmaster.start()
        except (EmbeddedPostgresFailed, OSError) as failure:
            say(str(failure))
        else:
            say("The database is back.")
