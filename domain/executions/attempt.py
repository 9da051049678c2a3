"""One try at one node."""

from dataclasses import dataclass
from enum import StrEnum

from domain.values.json import JsonObject


class AttemptStatus(StrEnum):
    COMPLETED = "completed"
    RETRY = "retry"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`number` counts from 1 within the node; `reason` says why it failed or is tried again."""

    number: int
    status: AttemptStatus
    duration_ms: int
    reason: str | None = None

    def described(self) -> JsonObject:
        return {
            "attempt": self.number,
            "status": self.status.value,
            "durationMs": self.duration_ms,
            "reason": self.reason,
        }
