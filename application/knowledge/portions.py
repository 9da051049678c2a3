"""Documents that are embedded and published together."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

from application.knowledge.cutting import Cut
from application.ports.ingestion_journal import DocumentClaim

Portion: TypeAlias = Sequence[Cut]


def claims_of(portions: Iterable[Portion]) -> Sequence[DocumentClaim]:
    return [each.claim for portion in portions for each in portion]


def portions_of(cuts: Sequence[Cut], most: int) -> Iterator[Portion]:
    """As many documents together as have at most so many chunks; fresh ones apart from those that have waited, which
    the embedder may have no answer to."""
    for _, alike in groupby(sorted(cuts, key=_has_waited), key=_has_waited):
        yield from _filled(alike, most)


def _has_waited(cut: Cut) -> bool:
    return cut.claim.postponed > 0


def _filled(cuts: Iterable[Cut], most: int) -> Iterator[Portion]:
    portion, size = list[Cut](), 0
    for each in cuts:
        if portion and size + len(each.chunks) > most:
            yield portion
            portion, size = [], 0
        portion.append(each)
        size += len(each.chunks)
    if portion:
        yield portion
