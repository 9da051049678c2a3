"""The only branch is the result."""

from collections.abc import Sequence

from application.retrieval.branch import Outcome
from application.retrieval.selection import Selection, too_little


def single(outcomes: Sequence[Outcome]) -> Selection:
    """The first branch; too little when it did not find enough."""
    only = outcomes[0]
    shortfall = too_little([only], found=len(only.matches), wanted=only.branch.min_matches)
    return Selection.of(only, shortfall=None if only.is_satisfied else shortfall)
