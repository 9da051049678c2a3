"""What time the processes of REX think it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """How far ahead of the store's clock that of a process is, give or take `uncertain`; behind is less than nothing.

    `name` says to people which process it is; `id` tells apart those of one name.
    """

    id: UUID
    name: str
    ahead: timedelta
    uncertain: timedelta


class ProcessClocks(Protocol):
    async def now(self) -> datetime:
        """By the clock of the store. Raise Unavailable when it cannot be reached."""

    async def keep(self, reading: ClockReading) -> None:
        """In place of an earlier one of the process. What was heard of others over a day ago is forgotten."""

    async def heard_within(self, period: timedelta) -> Sequence[ClockReading]:
        """The last reading of each process that was heard of lately, the furthest ahead first."""
