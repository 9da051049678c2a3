"""Who asks too often."""

from typing import Protocol

from domain.rate_limits.limit import Limit, Verdict


class RateLimiter(Protocol):
    """Counts per limit and key. A key is whatever names the caller: an address, a user's id, an account.

    Nothing here raises or keeps a request waiting: when the counters' store does not answer within 100 ms, counters
    of this process take over and a warning is logged, at most one in 10 seconds. Processes do not share those, so an
    outage can cost each of them one more budget.
    """

    async def hit(self, limit: Limit, key: str) -> Verdict:
        """Count one request and judge it. A refused one is not counted and does not prolong the wait."""

    async def forgive(self, limit: Limit, key: str) -> None:
        """Give one allowed hit of the present window back; without any, do nothing.

        When it was the only one, the window is as if it had never been opened.
        """
