"""Reasons say what can be done, and nothing that cannot."""

from uuid import UUID

import pytest

from domain.ids import ChunkId
from domain.knowledge.explanation import MOST_MATCHES, ChunkReport, Verdict


@pytest.mark.parametrize(("rank", "is_within_reach"), [(9, True), (MOST_MATCHES, True), (MOST_MATCHES + 1, False)])
def test_a_larger_answer_is_promised_only_where_there_is_one(rank: int, is_within_reach: bool) -> None:
    report = ChunkReport(chunk_id=ChunkId(UUID(int=1)), verdict=Verdict.RANKED_LOWER, rank=rank)
    assert ("a larger topK would return it" in report.reason) is is_within_reach
    assert ("50" in report.reason) is not is_within_reach


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_reason(verdict: Verdict) -> None:
    assert ChunkReport(chunk_id=ChunkId(UUID(int=1)), verdict=verdict).reason
