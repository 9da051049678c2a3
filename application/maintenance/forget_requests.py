"""Forget requests that cannot be repeated any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork
from domain.webhooks.signature import TOLERANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetRequests:
    """Intentions that have expired, and signed deliveries that are too old to be taken a second time anyway.

    Goes on until none is left, at most `at_once` of each kind in a transaction. Returns how many it forgot.
    """

    begin: BeginWork
    clock: Clock
    tolerance: timedelta = TOLERANCE
    at_once: int = 1000

    async def __call__(self) -> int:
        now, total = self.clock.now(), 0
        while True:
            forgotten = await self._some(now)
            total += sum(forgotten)
            if max(forgotten) < self.at_once:
                return total

    async def _some(self, now: datetime) -> tuple[int, int]:
        async with self.begin() as work:
            intentions = await work.intentions.forget(before=now, limit=self.at_once)
            # A sender's clock may run ahead by the tolerance, so a delivery stays good for twice as long as it seems.
            deliveries = await work.webhooks.forget_deliveries(before=now - 3 * self.tolerance, limit=self.at_once)
            await work.commit()
        return intentions, deliveries
