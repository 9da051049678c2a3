"""Remembers requests that may be sent twice and count once."""

from datetime import datetime
from typing import Protocol

from domain.idempotency.idempotency_key import Remembered


class IntentionRepository(Protocol):
    async def remember(self, made: Remembered) -> Remembered:
        """Keep it unless its key is known at its place, and return what is kept: `made`, or what came first.

        What has expired by `made.created_at` is forgotten first. Two at once: the second waits until the first has
        committed, and gets the first one's; or takes its place when that was rolled back.
        """

    async def correct(self, made: Remembered) -> None:
        """Say in the unit of work that remembered it first that something else came of it."""

    async def forget(self, *, before: datetime, limit: int) -> int:
        """Remove at most `limit` that expire before a moment; answer how many."""
