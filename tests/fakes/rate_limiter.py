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
        ends, used = self._present(limit, key)
        allowed = used < limit.requests
        self._windows[limit.name, key] = (ends, used + allowed)
        return limit.verdict(allowed=allowed, used=used + allowed, resets_in=ends - now)

    async def forgive(self, limit: Limit, key: str) -> None:
        ends, used = self._present(limit, key)
        if used > 1:
            self._windows[limit.name, key] = (ends, used - 1)
        else:
            self._windows.pop((limit.name, key), None)

    def _present(self, limit: Limit, key: str) -> tuple[datetime, int]:
        now = self._clock.now()
        ends, used = self._windows.get((limit.name, key), (now, 0))
        return (ends, used) if ends > now else (now + limit.window, 0)
