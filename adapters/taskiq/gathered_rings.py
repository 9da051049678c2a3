"""Documents often come many at a time, and whoever is woken takes all that wait: few rings do for them."""

import asyncio
from typing import Final

from application.ports.clock import Clock
from application.ports.job_queue import DocumentReady, JobQueue, Ring

APART_SECONDS: Final = 0.05


class GatheredRings:
    """Lets the first ring for a document through at once; those of the next 50 ms become one at their end.

    Runs are not gathered: each wakes a worker of its own, so that many at once are taken by many.
    """

    def __init__(self, queue: JobQueue, clock: Clock) -> None:
        self._queue = queue
        self._clock = clock
        self._held: Ring | None = None
        self._gathering: asyncio.Task[None] | None = None

    async def ring(self, ring: Ring) -> None:
        if not isinstance(ring, DocumentReady):
            await self._queue.ring(ring)
        elif self._gathering is None or self._gathering.done():
            self._gathering = asyncio.create_task(self._gather(), name="gather rings")
            await self._queue.ring(ring)
        else:
            self._held = ring

    async def _gather(self) -> None:
        """Ends as soon as nothing came for a while."""
        while True:
            await self._clock.sleep(APART_SECONDS)
            ring, self._held = self._held, None
            if ring is None:
                return
            await self._queue.ring(ring)
