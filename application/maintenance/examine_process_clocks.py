"""Look whether all processes of REX agree about what time it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from application.ports.examination import Diagnosis
from application.ports.process_clocks import ClockReading, ProcessClocks

REMEDY: Final = "Have all machines keep time by NTP (timedatectl set-ntp true)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineProcessClocks:
    """Of those that are at work, or were within the last minute. Each is compared with the store, and so with all."""

    clocks: ProcessClocks
    tolerance: timedelta = timedelta(seconds=1)
    lately: timedelta = timedelta(minutes=1)
    check: str = "clocks of processes"

    async def __call__(self) -> Sequence[Diagnosis]:
        heard = await self.clocks.heard_within(self.lately)
        if not heard:
            return [Diagnosis.sound(self.check, "no process is at work")]
        wrong = [each for each in heard if abs(each.ahead) > self.tolerance + each.uncertain]
        if not wrong:
            apart = (heard[0].ahead - heard[-1].ahead).total_seconds()
            return [Diagnosis.sound(self.check, f"{len(heard)} at work, at most {apart:.3f} s apart")]
        return [Diagnosis.trouble(self.check, "; ".join(map(_told, wrong)), remedy=REMEDY)]


def _told(reading: ClockReading) -> str:
    seconds = reading.ahead.total_seconds()
    return f"{reading.name} is {abs(seconds):.3f} s {'ahead of' if seconds > 0 else 'behind'} the database"
