"""So many in a window of time."""

import math
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`requests` within `window`, which begins with the first of them and is fixed from then on.

    Around the end of a window up to twice as many can pass in a short time: half of them counted to each side.
    """

    name: str
    requests: int
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a limit says of one request. `resets_in` is how long the window still lasts."""

    is_allowed: bool
    limit: int
    remaining: int
    resets_in: timedelta

    @classmethod
    def of(cls, limit: Limit, *, count: int, resets_in: timedelta) -> "Verdict":
        """`count` requests were made in this window, the one to be judged included."""
        return cls(
            is_allowed=count <= limit.requests,
            limit=limit.requests,
            remaining=max(0, limit.requests - count),
            resets_in=resets_in,
        )

    @property
    def seconds(self) -> int:
        """Until the window ends, rounded up: never 0, so that nobody comes back too early."""
        return max(1, math.ceil(self.resets_in.total_seconds()))
