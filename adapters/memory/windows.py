"""Counting many keys in little room."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.rate_limits.limit import Limit, Verdict

SWEPT_PER_HIT: Final = 2
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(slots=True)
class _Window:
    ends_at: int
    used: int = 0


class Windows:
    """The open windows of one limit, at most `capacity` of them. Moments are microseconds of a monotonic clock.

    When all places are taken by open windows, a new key takes the place of the least used one *and its count*: the
    Space-Saving algorithm (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data
    Streams, 2005). Busy keys stay, nobody gets a fresh budget by crowding others out, and a new key is charged with
    at most (hits in a window / capacity) requests that it did not make. Once every place is used up to the limit,
    new keys are refused until a window ends.

    A hit takes constant time; while all places are taken, a new key costs a look at each different count.
    """

    def __init__(self, limit: Limit, capacity: int) -> None:
        self._limit = limit
        self._capacity = capacity
        self._length = limit.window // MICROSECOND
        # All windows are equally long, so the order of opening is the order of ending.
        self._open: OrderedDict[bytes, _Window] = OrderedDict()
        self._levels: dict[int, OrderedDict[bytes, None]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def hit(self, key: bytes, now: int) -> Verdict:
        self._sweep(now)
        window = self._find(key, now) or self._make(key, now)
        allowed = window.used < self._limit.requests
        if allowed:
            self._count(key, window, window.used + 1)
        resets_in = timedelta(microseconds=window.ends_at - now)
        return self._limit.verdict(allowed=allowed, used=window.used, resets_in=resets_in)

    def forgive(self, key: bytes, now: int) -> None:
        window = self._find(key, now)
        if window is None:
            return
        if window.used > 1:
            self._count(key, window, window.used - 1)
        else:
            self._close(key)

    def _sweep(self, now: int) -> None:
        """A little at each hit, more than one hit can open: no request pays for a whole crowd that has left."""
        for _ in range(SWEPT_PER_HIT):
            oldest = next(iter(self._open), None)
            if oldest is None or self._open[oldest].ends_at > now:
                return
            self._close(oldest)

    def _find(self, key: bytes, now: int) -> _Window | None:
        window = self._open.get(key)
        if window is not None and window.ends_at <= now:
            self._close(key)
            return None
        return window

    def _make(self, key: bytes, now: int) -> _Window:
        used = 0
        if len(self._open) >= self._capacity:
            least_used = next(iter(self._levels[min(self._levels)]))
            used = self._open[least_used].used
            if used >= self._limit.requests:
                return self._open[least_used]
            self._close(least_used)
        window = self._open[key] = _Window(ends_at=now + self._length, used=used)
        self._enter(key, used)
        return window

    def _close(self, key: bytes) -> None:
        self._leave(key, self._open.pop(key).used)

    def _count(self, key: bytes, window: _Window, used: int) -> None:
        self._leave(key, window.used)
        window.used = used
        self._enter(key, used)

    def _enter(self, key: bytes, used: int) -> None:
        self._levels.setdefault(used, OrderedDict())[key] = None

    def _leave(self, key: bytes, used: int) -> None:
        level = self._levels[used]
        del level[key]
        if not level:
            del self._levels[used]
