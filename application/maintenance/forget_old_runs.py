"""Forget runs that have been over for longer than anybody wants to keep them."""

from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.old_runs import OldRuns


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOldRuns:
    """Works in batches of `at_once` and rests after each for as long as it took, and for `rest` at least: whatever
    there is to remove, half of one connection does it.

    `keep` is None to keep everything. Goes on until none is left that was old enough when it began, and returns how
    many it removed. Interrupted, it is simply done later.
    """

    runs: OldRuns
    clock: Clock
    keep: timedelta | None
    at_once: int = 100
    rest: timedelta = timedelta(milliseconds=20)

    async def __call__(self) -> int:
        if self.keep is None:
            return 0
        ended_before = self.clock.now() - self.keep
        forgotten = 0
        while True:
            began = self.clock.monotonic()
            batch = await self.runs.remove(ended_before=ended_before, limit=self.at_once)
            forgotten += batch
            if batch < self.at_once:
                return forgotten
            await self.clock.sleep(max(self.clock.monotonic() - began, self.rest.total_seconds()))
