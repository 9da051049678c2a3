"""Counters in this process: for one process, and for when the shared ones are out of reach."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final, TypeAlias

from application.ports.clock import Clock
from domain.rate_limits.limit import Limit, Verdict

CAPACITY: Final = 100_000
"""Keys of one limit at a time: some 20 MB."""

_CANDIDATES: Final = 8


@dataclass(slots=True)
class _Window:
    ends_at: float
    count: int


Windows: TypeAlias = OrderedDict[str, _Window]


class LocalRateLimiter:
    """Windows of one limit are all as long, so the oldest is the first to end, and the first to be forgotten.

    When there are too many at once, one of the oldest goes before its time: that with the fewest requests, so that
    many addresses with a few requests each cannot set a busy one free.
    """

    def __init__(self, clock: Clock, *, capacity: int = CAPACITY) -> None:
        self._clock = clock
        self._capacity = capacity
        self._limits: defaultdict[str, Windows] = defaultdict(OrderedDict)

    async def hit(self, limit: Limit, key: str) -> Verdict:
        now, windows = self._clock.monotonic(), self._limits[limit.name]
        self._forget_ended(windows, now)
        window = windows.get(key)
        if window is None:
            self._make_room(windows)
            window = windows[key] = _Window(now + limit.window.total_seconds(), 0)
        window.count += 1
        return Verdict.of(limit, count=window.count, resets_in=timedelta(seconds=window.ends_at - now))

    async def forgive(self, limit: Limit, key: str) -> None:
        window = self._limits[limit.name].get(key)
        if window is not None and window.count > 0:
            window.count -= 1

    def _forget_ended(self, windows: Windows, now: float) -> None:
        while windows and next(iter(windows.values())).ends_at <= now:
            windows.popitem(last=False)

    def _make_room(self, windows: Windows) -> None:
        if len(windows) >= self._capacity:
            oldest = islice(windows.items(), _CANDIDATES)
            del windows[min(oldest, key=lambda each: each[1].count)[0]]
