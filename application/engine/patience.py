"""Outlasting a short outage of the store."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from application.ports.clock import Clock
from domain.errors import Unavailable

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Repeats a call until the store is back, or for `limit`; then Unavailable goes through. Pauses double."""

    clock: Clock
    limit: timedelta = timedelta(seconds=60)
    first_pause: timedelta = timedelta(milliseconds=100)
    longest_pause: timedelta = timedelta(seconds=2)

    async def insisting(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        deadline = self.clock.monotonic() + self.limit.total_seconds()
        pause = self.first_pause
        while True:
            try:
                return await call()
            except Unavailable:
                if self.clock.monotonic() + pause.total_seconds() > deadline:
                    raise
            await self.clock.sleep(pause.total_seconds())
            pause = min(pause * 2, self.longest_pause)
