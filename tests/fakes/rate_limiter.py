"""Counts in a dictionary, on a clock that is told to move."""

from datetime import datetime

from domain.rate_limits.limit import Limit, Verdict
from tests.fakes.clock import FakeClock


class FakeRateLimiter:
    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], tuple[datetime, int]] = {}

    async def hit(self, limit: Limit, key: str) -> Verdict:
        now = self._clock.now()
        ends, count = self._windows.get((limit.name, key), (now, 0))
        if ends <= now:
            ends, count = now + limit.window, 0
        self._windows[limit.name, key] = (ends, count + 1)
        return Verdict.of(limit, count=count + 1, resets_in=ends - now)

    async def forgive(self, limit: Limit, key: str) -> None:
        ends, count = self._windows.get((limit.name, key), (self._clock.now(), 0))
        self._windows[limit.name, key] = (ends, max(0, count - 1))
