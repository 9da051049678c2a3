"""Counts requests against limits."""

from typing import Protocol

from domain.rate_limits.limit import Limit, Verdict


class RateLimiter(Protocol):
    """Never raises and never takes longer than 250 ms: where counters cannot be reached, it makes do with its own."""

    async def hit(self, limit: Limit, key: str) -> Verdict:
        """Count one request of `key` and judge it. One that is refused does not prolong the wait."""

    async def forgive(self, limit: Limit, key: str) -> None:
        """Take one request of the present window back, if there was any."""
