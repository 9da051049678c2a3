"""Who may go next, so that nobody's scripts keep everybody else's from running."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

OWNERS_AT_ONCE: Final = 4
"""As many owners as may use all of their turns at the same time."""


@dataclass(slots=True)
class Turns:
    """At most `each` turns at a time for one owner, and four times as many for all together.

    Whoever has the fewest goes first; among equals, whoever asked first.
    """

    each: int
    _held: Counter[str] = field(default_factory=Counter)
    _waiting: list[tuple[str, asyncio.Future[None]]] = field(default_factory=list)

    async def take(self, owner: str) -> None:
        """Wait for a turn. Whoever is cancelled meanwhile has none."""
        granted = asyncio.get_running_loop().create_future()
        self._waiting.append((owner, granted))
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self.give_back(owner)
            else:
                self._waiting.remove((owner, granted))
            raise

    def give_back(self, owner: str) -> None:
        self._held[owner] -= 1
        if not self._held[owner]:
            del self._held[owner]
        self._grant()

    def _grant(self) -> None:
        """Whoever was cancelled is among those waiting until they come to know it."""
        while self._held.total() < self.each * OWNERS_AT_ONCE:
            entitled = [
                (owner, granted)
                for owner, granted in self._waiting
                if self._held[owner] < self.each and not granted.cancelled()
            ]
            if not entitled:
                return
            chosen = min(entitled, key=lambda waiting: self._held[waiting[0]])
            self._waiting.remove(chosen)
            self._held[chosen[0]] += 1
            chosen[1].set_result(None)
