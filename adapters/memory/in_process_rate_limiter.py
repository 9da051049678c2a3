"""Rate limits counted by this process alone."""

from hashlib import blake2b
from typing import Final

from adapters.memory.windows import Windows
from application.ports.clock import Clock
from domain.rate_limits.limit import Limit, Verdict

KEYS_PER_LIMIT: Final = 50_000


class InProcessRateLimiter:
    """Forgets everything when the process ends. Each limit keeps at most `capacity` keys, whatever their length.

    A crowd at one limit takes no room from another. See `Windows` for what happens when there are more keys.
    """

    def __init__(self, clock: Clock, *, capacity: int = KEYS_PER_LIMIT) -> None:
        self._clock = clock
        self._capacity = capacity
        self._windows: dict[Limit, Windows] = {}

    async def hit(self, limit: Limit, key: str) -> Verdict:
        return self._of(limit).hit(_digest(key), self._now())

    async def forgive(self, limit: Limit, key: str) -> None:
        self._of(limit).forgive(_digest(key), self._now())

    def _of(self, limit: Limit) -> Windows:
        windows = self._windows.get(limit)
        if windows is None:
            windows = self._windows[limit] = Windows(limit, self._capacity)
        return windows

    def _now(self) -> int:
        return round(self._clock.monotonic() * 1_000_000)


def _digest(key: str) -> bytes:
    """Sixteen bytes for any key: callers choose how long an address or an e-mail is."""
    return blake2b(key.encode(errors="surrogatepass"), digest_size=16).digest()
