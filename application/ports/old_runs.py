"""Runs that nobody will ask for any more."""

from datetime import datetime
from typing import Protocol


class OldRuns(Protocol):
    async def remove(self, *, ended_before: datetime, limit: int) -> int:
        """Remove at most `limit` runs that were over before a moment, with all that was recorded of them; the longest
        over first. Ticks that started some forget them. Returns how many.

        Knowledge of a run goes with it; a corpus that is not the run's own stays. Runs that are not over are never
        touched, and nobody who writes anything else has to wait. Those that somebody holds are passed over, so that
        any number may remove at once. Raise Unavailable when the store cannot be reached.
        """
