"""What retrieval ahead of a node's first attempt leaves on record."""

from dataclasses import dataclass
from typing import Final

from domain.executions.context import ContextPatch
from domain.executions.retrieval import RetrievalEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """`patch` is what it did to the run's context, also when it failed: nothing has been done yet."""

    patch: ContextPatch | None = None
    events: tuple[RetrievalEvent, ...] = ()


NOTHING_LOOKED_UP: Final = LookedUp()
