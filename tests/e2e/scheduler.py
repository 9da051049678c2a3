"""A process that does nothing but fire schedules, by a clock that is wrong by so many seconds:
`python -m tests.e2e.scheduler URL SECONDS` prints how many it dealt with when it is told to stop."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from dependency_injector import providers

from adapters.system.system_clock import SystemClock
from entrypoints.container import RexContainer
from entrypoints.settings import read_settings
from entrypoints.worker.clockwork import Clockwork, Duty
from entrypoints.worker.duties import firing

OFTEN = timedelta(milliseconds=50)
AT_ONCE = 10
"""Several are at it at the same time: whoever looks first is not done before others look."""


class SkewedClock(SystemClock):
    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return super().now() + self._by


async def main(url: str, seconds: str) -> None:
    done = 0

    def counted(act: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
        async def counting() -> int:
            nonlocal done
            found = await act()
            done += found
            return found

        return counting

    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with tempfile.TemporaryDirectory() as directory:
        environment = {**os.environ, "REX_DATA_DIR": directory, "DATABASE_URL": url, "REX_DATABASE_POOL": "2"}
        container = RexContainer(settings=read_settings(environment), database_url=url)
        container.clock.override(providers.Object(SkewedClock(timedelta(seconds=float(seconds)))))
        await container.database().open()
        fewer = replace(container.fire_due_schedules(), at_once=AT_ONCE)
        container.fire_due_schedules.override(providers.Object(fewer))
        duties: list[Duty] = [replace(duty, every=OFTEN, act=counted(duty.act)) for duty in firing(container)]
        clockwork = Clockwork(duties=duties, clock=container.clock(), log=container.log())
        task = asyncio.create_task(clockwork.run())
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await stop.wait()
        task.cancel()
        await container.database().close()
    sys.stdout.write(f"{done}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
