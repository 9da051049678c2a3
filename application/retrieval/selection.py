"""What a strategy makes of the outcomes of branches."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from application.retrieval.branch import Look, Outcome
from domain.executions.retrieval import RetrievalEvent, RetrievalStatus
from domain.knowledge.match import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`key` names the retriever that was chosen; None where none was. `sources` may have given matches.

    `shortfall` says why this is less than was asked for, None when it is not.
    """

    query: str = field(default="", repr=False)
    top_k: int
    matches: tuple[Match, ...] = ()
    key: str | None = None
    sources: tuple[Outcome, ...] = ()
    shortfall: str | None = None

    @classmethod
    def of(cls, outcome: Outcome, *, shortfall: str | None = None) -> "Selection":
        """One branch is the result."""
        return cls(
            query=outcome.query,
            top_k=outcome.branch.top_k,
            matches=outcome.matches,
            key=outcome.branch.key,
            sources=(outcome,),
            shortfall=shortfall,
        )

    def holds(self, look: Look) -> bool:
        """Whether something that `look` found is part of the result."""
        chunks = {match.chunk_id for match in self.matches}
        is_kept = any(outcome.kept is look for outcome in self.sources)
        return is_kept and any(match.chunk_id in chunks for match in look.matches)


def too_little(outcomes: Sequence[Outcome], *, found: int, wanted: int) -> str:
    """In words, with the first error if there was one."""
    said = f"Retrieval found {found} matches, wanted are at least {wanted}"
    error = next((each.error for each in outcomes if each.error is not None), None)
    return said if error is None else f"{said}: {error}"


def recorded(outcomes: Sequence[Outcome], result: Selection | None) -> tuple[RetrievalEvent, ...]:
    """The record of all attempts; without a result nothing became part of it."""
    return tuple(
        replace(look.event, selected=_selected(look, result)) for outcome in outcomes for look in outcome.looks
    )


def _selected(look: Look, result: Selection | None) -> bool | None:
    if look.event.status is RetrievalStatus.FAILED:
        return None
    return result is not None and result.holds(look)
