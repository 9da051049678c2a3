"""What a search came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.knowledge.match import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """`matches`, best first. `warnings` say in words where the search could not look as it was asked to."""

    matches: Sequence[Match] = ()
    warnings: Sequence[str] = ()
