"""Clocks of processes in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from application.ports.process_clocks import ClockReading
from tests.fakes.clock import FakeClock


class FakeProcessClocks:
    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._heard: dict[UUID, tuple[datetime, ClockReading]] = {}

    async def now(self) -> datetime:
        return self._clock.now()

    async def keep(self, reading: ClockReading) -> None:
        now = self._clock.now()
        self._heard = {id: each for id, each in self._heard.items() if each[0] >= now - timedelta(days=1)}
        self._heard[reading.id] = (now, reading)

    async def heard_within(self, period: timedelta) -> Sequence[ClockReading]:
        lately = [reading for at, reading in self._heard.values() if at > self._clock.now() - period]
        return sorted(lately, key=lambda each: (-each.ahead, each.id))
