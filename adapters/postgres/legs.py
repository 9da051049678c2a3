"""What the legs of a search have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

DEPTH: Final = 100
"""How far down each leg looks, whatever is asked for: so a larger answer begins with the smaller one."""


@dataclass(frozen=True, slots=True)
class Leg:
    """What it found, best first, each with its score. `evidence`, from 0 to 1, says how much its word is worth."""

    found: Sequence[tuple[UUID, float]]
    evidence: float
