"""The first branch that found something is the result."""

from collections.abc import Sequence

from application.retrieval.branch import Outcome
from application.retrieval.selection import Selection, too_little


def first_non_empty(outcomes: Sequence[Outcome]) -> Selection:
    """The first that found enough, else the first that found anything, else the first.

    A branch that is content with nothing comes after those that found something.
    """
    preferred = (
        next((each for each in outcomes if each.is_found), None)
        or next((each for each in outcomes if each.matches), None)
        or next((each for each in outcomes if each.is_satisfied), outcomes[0])
    )
    found, wanted = len(preferred.matches), preferred.branch.min_matches
    is_enough = any(each.is_satisfied for each in outcomes)
    return Selection.of(preferred, shortfall=None if is_enough else too_little(outcomes, found=found, wanted=wanted))
