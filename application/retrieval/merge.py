"""All branches together are the result."""

from collections.abc import Sequence

from application.retrieval.branch import Outcome
from application.retrieval.selection import Selection, too_little
from domain.ids import ChunkId
from domain.knowledge.match import Match


def merge(outcomes: Sequence[Outcome], *, top_k: int, min_matches: int, key: str | None) -> Selection:
    """Every chunk once, with its best score, best first, at most `top_k`; of equals the earlier branch's comes first.

    Less than `min_matches` is too little when no branch found anything, or when one that should not fail did.
    """
    best: dict[ChunkId, Match] = {}
    for match in (match for outcome in outcomes for match in outcome.matches):
        known = best.get(match.chunk_id)
        if known is None or match.score > known.score:
            best[match.chunk_id] = match
    matches = tuple(sorted(best.values(), key=lambda match: -match.score)[:top_k])
    is_excusable = bool(best) and not any(each.error and each.branch.fails_on_error for each in outcomes)
    shortfall = too_little(outcomes, found=len(matches), wanted=min_matches)
    return Selection(
        query=" || ".join(outcome.query for outcome in outcomes),
        top_k=top_k,
        matches=matches,
        key=key,
        sources=tuple(outcomes),
        shortfall=None if len(matches) >= min_matches or is_excusable else shortfall,
    )
