"""Each process tells its clock while it is at work, so that those of all can be compared."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import uuid4

from entrypoints.container import RexContainer
from entrypoints.parts import Part
from entrypoints.worker.clockwork import Clockwork, Duty

EVERY: Final = timedelta(seconds=10)


@asynccontextmanager
async def telling_time(container: RexContainer, parts: Part) -> AsyncIterator[None]:
    """While the block lasts; the end waits for nothing."""
    process, name = uuid4(), process_name(parts)
    tell = container.tell_clock()

    async def act() -> int:
        await tell(process, name)
        return 0

    duty = Duty(name="tell the time", every=EVERY, act=act)
    clockwork = Clockwork(duties=[duty], clock=container.clock(), log=container.log())
    task = asyncio.create_task(clockwork.run(), name="telling the time")
    try:
        yield
    finally:
        task.cancel()


def process_name(parts: Part) -> str:
    does = ", ".join((each.name or "").lower() for each in parts)
    return f"{socket.gethostname()}:{os.getpid()} ({does})"
