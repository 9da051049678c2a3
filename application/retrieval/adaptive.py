"""The branch that the run's memory prefers comes first."""

from collections.abc import Mapping, Sequence

from application.retrieval.branch import Branch, Outcome
from application.retrieval.first_non_empty import first_non_empty
from application.retrieval.selection import Selection
from domain.values.json import Json


def preferred_key(memory: Mapping[str, Json], memory_key: str) -> str | None:
    """The retriever that is named there, None when none is."""
    named = memory.get(memory_key)
    return named.strip() or None if isinstance(named, str) else None


def preferred_first(branches: Sequence[Branch], preferred: str | None) -> list[Branch]:
    return sorted(branches, key=lambda branch: branch.key != preferred)


def adaptive(outcomes: Sequence[Outcome], preferred: str | None) -> Selection:
    """The preferred branch, even if it found nothing; without one as if there were no preference."""
    named = next((each for each in outcomes if each.branch.key == preferred), None)
    return first_non_empty(outcomes) if named is None else Selection.of(named)
