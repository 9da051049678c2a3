"""One retriever that is ready to search, and what became of it."""

from dataclasses import dataclass, field

from application.ports.knowledge import SearchMode
from domain.executions.retrieval import RetrievalEvent, RetrievalStatus
from domain.knowledge.match import Match
from domain.knowledge.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """`index` counts from 1 in the order of the config. `queries` are tried in turn until one finds enough.

    Only the first query is tried again, and only after errors: `max_retries` times, `retry_delay_ms` apart.
    """

    index: int
    key: str
    mode: SearchMode
    queries: tuple[str, ...] = field(repr=False)
    top_k: int
    scope: Scope
    min_matches: int = 1
    min_score: float | None = None
    max_retries: int = 0
    retry_delay_ms: int = 0
    fails_on_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One attempt: its record, not yet `selected`, what it found, and where it could not look as it should."""

    event: RetrievalEvent
    matches: tuple[Match, ...] = ()
    warnings: tuple[str, ...] = ()
    is_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the attempts of one branch came to. There is at least one."""

    branch: Branch
    looks: tuple[Look, ...]

    @property
    def kept(self) -> Look:
        """The attempt that found enough, else the first of those that found most."""
        return max(self.looks, key=lambda look: (look.event.status is RetrievalStatus.SUCCESS, len(look.matches)))

    @property
    def matches(self) -> tuple[Match, ...]:
        return self.kept.matches

    @property
    def query(self) -> str:
        return self.kept.event.query

    @property
    def is_satisfied(self) -> bool:
        return self.kept.event.status is RetrievalStatus.SUCCESS

    @property
    def is_found(self) -> bool:
        """Enough, and not nothing."""
        return self.is_satisfied and bool(self.matches)

    @property
    def error(self) -> str | None:
        """Why the last failed attempt failed; None when the branch found enough all the same."""
        errors = [look.event.error for look in self.looks if look.event.error is not None]
        return errors[-1] if errors and not self.is_satisfied else None
