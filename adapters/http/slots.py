"""So many connections and no more."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """At most `overall` connections at a time and `per_host` to one host; others wait their turn."""

    def __init__(self, *, overall: int, per_host: int) -> None:
        self._overall = asyncio.Semaphore(overall)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._interested: Counter[str] = Counter()

    @asynccontextmanager
    async def taken(self, host: str) -> AsyncIterator[None]:
        """Hold a slot while the block lasts. The host's comes first: calls to one slow host must not take all."""
        self._interested[host] += 1
        turn = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        try:
            async with turn, self._overall:
                yield
        finally:
            self._interested[host] -= 1
            if not self._interested[host]:
                del self._interested[host], self._hosts[host]
