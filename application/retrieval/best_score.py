"""The branch with the highest first score is the result."""

from collections.abc import Sequence

from application.retrieval.branch import Outcome
from application.retrieval.selection import Selection, too_little


def best_score(outcomes: Sequence[Outcome], *, counting: bool) -> Selection:
    """Of equals the one with more matches if `counting`, else the earlier one; the first if nobody found anything.

    Too little when there is nothing at all, or the best branch did not find enough.
    """
    best = max(outcomes, key=lambda each: (_first_score(each), len(each.matches) if counting else 0))
    wanted = max(1, best.branch.min_matches)
    shortfall = too_little(outcomes, found=len(best.matches), wanted=wanted)
    return Selection.of(best, shortfall=None if len(best.matches) >= wanted else shortfall)


def _first_score(outcome: Outcome) -> float:
    return outcome.matches[0].score if outcome.matches else float("-inf")
