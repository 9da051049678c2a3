"""So many per window, and what a judge says about one more."""

from dataclasses import dataclass
from datetime import timedelta

SECOND = timedelta(seconds=1)
SHORTEST_WINDOW = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether one request may pass, and how its caller stands in the present window.

    `remaining` counts what may still pass after this request. `resets_in` is the time to the window's end.
    """

    allowed: bool
    limit: int
    remaining: int
    resets_in: timedelta

    @property
    def reset_seconds(self) -> int:
        """Whole seconds, rounded up, until the window ends; at least 1 when refused."""
        seconds = -(-self.resets_in // SECOND)
        return max(seconds, 0 if self.allowed else 1)

    @property
    def retry_after(self) -> int:
        """Whole seconds to wait before asking again; 0 when allowed."""
        return 0 if self.allowed else self.reset_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `requests` per `window` for each key. `name` tells limits apart: no two share one.

    Windows are fixed: a key's window opens with its first request, has its own end, and the next request after that
    opens another one. So whoever saves a whole budget for the last moment of a window, and spends the next one at
    once, gets twice `requests` through in a moment. Over any stretch of time the most is one budget for each
    window that it touches.
    """

    name: str
    requests: int
    window: timedelta

    def __post_init__(self) -> None:
        if self.requests < 1 or self.window < SHORTEST_WINDOW:
            raise ValueError(f"{self.name}: a limit lets at least one request through, in a millisecond or more")

    def verdict(self, *, allowed: bool, used: int, resets_in: timedelta) -> Verdict:
        """`used` counts every request that passed in this window, the judged one included if it did."""
        remaining = max(0, self.requests - used)
        return Verdict(allowed=allowed, limit=self.requests, remaining=remaining, resets_in=resets_in)
