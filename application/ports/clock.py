"""What time it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment in UTC, cut to milliseconds, so that what is answered equals what is stored."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back. For durations."""

    async def sleep(self, seconds: float) -> None: ...
