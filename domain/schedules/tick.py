"""What became of a time at which a schedule was to fire."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import ExecutionId


class TickOutcome(StrEnum):
    """Everything but `fired` means that there was no run."""

    FIRED = "fired"
    MISSED = "missed"
    OVERLAPPED = "overlapped"
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """`until` is the last of several fire times in a row that met the same fate, the first of which is `fire_at`.

    `execution_id` is the run that it started, until that is removed. `error` is why no run could be
    started, also where that made it miss its time; one that failed may be about to be tried again.
    """

    fire_at: datetime
    outcome: TickOutcome
    until: datetime | None = None
    execution_id: ExecutionId | None = None
    error: str | None = None
    settled_at: datetime
    run_is_gone: bool = False
    is_tried_again: bool = False

    @property
    def reason(self) -> str:
        """As a sentence, for people."""
        match self.outcome:
            case TickOutcome.FIRED:
                return "A run was started, and has been removed since." if self.run_is_gone else "A run was started."
            case TickOutcome.MISSED:
                reason = "No scheduler was there in time" if self.error is None else f"It could not fire ({self.error})"
                return f"{reason}, and missed ticks are not made up for."
            case TickOutcome.OVERLAPPED:
                return "An earlier run was still going on, and runs of this schedule do not overlap."
            case TickOutcome.PAUSED:
                return "The schedule was paused."
            case TickOutcome.FAILED:
                prospect = " and will be tried again" if self.is_tried_again else ""
                return f"The run could not be started{prospect}: {self.error}."
