"""Whether what REX depends on is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`detail` is for people and never holds a secret. What is not needed may be down, and REX does its work."""

    name: str
    is_up: bool
    detail: str = ""
    is_needed: bool = True


class HealthProbe(Protocol):
    async def findings(self) -> Sequence[Finding]:
        """One finding per dependency, within two seconds; never raises."""
