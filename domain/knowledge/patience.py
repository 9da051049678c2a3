"""How long documents wait for an embedder that is not there."""

from datetime import timedelta
from typing import Final

FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=5)
MOST_POSTPONED: Final = 10
"""Half an hour in all; whoever wants more has the document tried again."""


def wait_before(postponed: int) -> timedelta:
    """Twice as long each time, from two seconds to five minutes."""
    return min(FIRST_WAIT * (1 << postponed), LONGEST_WAIT)
