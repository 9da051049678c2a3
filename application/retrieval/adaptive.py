"""The branch that the run's memory prefers comes first."""

from collections.abc import Mapping, Sequence

from application.retrieval.branch import Branch, Outcome
from application.retrieval.first_non_empty import first_non_empty
from application.retrieval.keys import LONGEST_KEY
from application.retrieval.selection import Selection
from domain.values.coercion import trimmed
from domain.values.interpolation import inserted_text
from domain.values.json import Json


def preferred_key(memory: Mapping[str, Json], memory_key: str) -> str | None:
    """The retriever that is named there, None when none is."""
    named = memory.get(memory_key)
    return named.strip() or None if isinstance(named, str) else None


def misnamed(memory: Mapping[str, Json], memory_key: str, branches: Sequence[Branch]) -> str | None:
    """In words, that something is named there and is none of `branches`."""
    named = memory.get(memory_key)
    said = "" if named is None else trimmed(inserted_text(named))
    keys = [branch.key for branch in branches]
    if not said or said in keys:
        return None
    return f'The preferred retriever "{said[:LONGEST_KEY]}" is none of {", ".join(keys)}'


def preferred_first(branches: Sequence[Branch], preferred: str | None) -> list[Branch]:
    return sorted(branches, key=lambda branch: branch.key != preferred)


def adaptive(outcomes: Sequence[Outcome], preferred: str | None) -> Selection:
    """The preferred branch, even if it found nothing; without one as if there were no preference."""
    named = next((each for each in outcomes if each.branch.key == preferred), None)
    return first_non_empty(outcomes) if named is None else Selection.of(named)
