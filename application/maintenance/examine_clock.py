"""Look whether another clock agrees with that of this machine."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from application.ports.clock import Clock
from application.ports.examination import Diagnosis

REMEDY: Final = "Have both machines keep time by NTP (timedatectl set-ntp true)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineClock:
    """Asks another clock and takes the answer for the middle between question and answer."""

    whose: str
    other: Callable[[], Awaitable[datetime]]
    clock: Clock
    tolerance: timedelta = timedelta(seconds=1)

    @property
    def check(self) -> str:
        return f"clock of {self.whose}"

    async def __call__(self) -> Sequence[Diagnosis]:
        asked = self.clock.now()
        theirs = await self.other()
        answered = self.clock.now()
        apart = (theirs - (asked + (answered - asked) / 2)).total_seconds()
        detail = f"{abs(apart):.3f} s {'ahead of' if apart > 0 else 'behind'} this machine"
        if abs(apart) <= (self.tolerance + (answered - asked) / 2).total_seconds():
            return [Diagnosis.sound(self.check, detail)]
        return [Diagnosis.trouble(self.check, detail, remedy=REMEDY)]
