"""What happens by itself as time passes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from application.nodes.node import RunLog
from application.ports.clock import Clock
from domain.errors import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something done again and again. `act` answers how much it found to do."""

    name: str
    every: timedelta
    act: Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """Performs its duties side by side, each at its own pace, and survives whatever goes wrong in one of them.

    Several may run at once, on any number of machines: every duty is safe to be done twice.
    """

    duties: Sequence[Duty]
    clock: Clock
    log: RunLog

    async def run(self) -> None:
        async with asyncio.TaskGroup() as together:
            for duty in self.duties:
                together.create_task(self._perform(duty), name=duty.name)

    async def _perform(self, duty: Duty) -> None:
        while True:
            await self._once(duty)
            await self.clock.sleep(duty.every.total_seconds())

    async def _once(self, duty: Duty) -> None:
        try:
            found = await duty.act()
        except Unavailable as outage:
            self.log.write("warning", "a duty has to wait", duty=duty.name, reason=str(outage))
        except Exception as failure:
            self.log.write("error", "a duty failed", duty=duty.name, error=repr(failure))
        else:
            if found:
                self.log.write("debug", "a duty found work", duty=duty.name, found=found)
