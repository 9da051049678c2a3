"""Looking whether something that REX needs, or promises, is as it should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Condition(StrEnum):
    """Unknown is what could not be looked at."""

    SOUND = "sound"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """For people, and without a secret: what was found, and what mends it (empty where there is nothing to mend)."""

    check: str
    condition: Condition
    detail: str = ""
    remedy: str = ""

    @classmethod
    def sound(cls, check: str, detail: str = "") -> "Diagnosis":
        return cls(check=check, condition=Condition.SOUND, detail=detail)

    @classmethod
    def trouble(cls, check: str, detail: str, *, remedy: str) -> "Diagnosis":
        return cls(check=check, condition=Condition.TROUBLE, detail=detail, remedy=remedy)

    @classmethod
    def unknown(cls, check: str, detail: str) -> "Diagnosis":
        return cls(check=check, condition=Condition.UNKNOWN, detail=detail)


class Examination(Protocol):
    """Changes nothing, and may be done beside everything else."""

    @property
    def check(self) -> str:
        """What is looked at, in a word or two."""

    async def __call__(self) -> Sequence[Diagnosis]:
        """At least one. May raise whatever keeps it from looking."""
