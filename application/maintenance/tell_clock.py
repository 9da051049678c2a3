"""Let others know what time this process thinks it is."""

from dataclasses import dataclass
from uuid import UUID

from application.ports.clock import Clock
from application.ports.process_clocks import ClockReading, ProcessClocks


@dataclass(frozen=True, slots=True, kw_only=True)
class TellClock:
    """Compares it with that of the store, whose answer counts for the middle between question and answer."""

    clocks: ProcessClocks
    clock: Clock

    async def __call__(self, process: UUID, name: str) -> None:
        asked = self.clock.now()
        theirs = await self.clocks.now()
        half = (self.clock.now() - asked) / 2
        await self.clocks.keep(ClockReading(id=process, name=name, ahead=asked + half - theirs, uncertain=half))
