"""Not asking again, for a while, what does not answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from application.ports.clock import Clock

T = TypeVar("T")

PATIENCE_SECONDS: Final = 0.1
PAUSE_SECONDS: Final = 1.0
WARNING_EVERY_SECONDS: Final = 10.0


class Circuit:
    """Asks within `patience` seconds. After a failure nobody asks for a second, and then one at a time.

    `warn` hears of failures and their consequence, at most once in 10 seconds, by the name of their type: their texts
    may hold addresses and passwords.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        warn: Callable[[str], None],
        consequence: str = "this process counts for itself",
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._clock = clock
        self._warn = warn
        self._consequence = consequence
        self._patience = patience
        self._resumes_at: float | None = None
        self._quiet_until: float | None = None

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """The answer, or None when there is none. Never raises, but for being cancelled."""
        now = self._clock.monotonic()
        if self._resumes_at is not None:
            if now < self._resumes_at:
                return None
            self._resumes_at = now + PAUSE_SECONDS  # the others need not wait for the one who tries
        try:
            async with asyncio.timeout(self._patience):
                answer = await question()
        except Exception as failure:
            self._open(failure)
            return None
        self._resumes_at = None
        return answer

    def _open(self, failure: Exception) -> None:
        now = self._clock.monotonic()
        self._resumes_at = now + PAUSE_SECONDS
        if self._quiet_until is None or now >= self._quiet_until:
            self._quiet_until = now + WARNING_EVERY_SECONDS
            self._warn(f"Redis does not answer ({type(failure).__name__}): {self._consequence}")
