"""Several rankings become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.knowledge.ranking import Ranking, fused

RANKINGS = st.lists(st.permutations("abcdefgh").map(Ranking), min_size=1, max_size=3)


def names(*rankings: Ranking[str]) -> str:
    return "".join(name for name, _ in fused(rankings))


def test_what_both_put_first_scores_one() -> None:
    assert fused([Ranking("ab"), Ranking("ac", weight=0.1)])[0] == ("a", 1.0)


def test_being_found_twice_beats_being_found_once() -> None:
    assert names(Ranking("xay"), Ranking("zav")) == "axzyv"


def test_the_heavier_ranking_decides() -> None:
    assert names(Ranking("ab"), Ranking("ba", weight=0.5)) == "ab"
    assert names(Ranking("ab", weight=0.5), Ranking("ba")) == "ba"


def test_without_evidence_nothing_is_put_forward() -> None:
    assert names(Ranking("ab", evidence=0.0), Ranking("c")) == "c"
    assert names(Ranking("ab", weight=0.0)) == ""
    assert fused([Ranking("a", evidence=0.5)]) == [("a", 0.5)]


def test_what_no_two_rankings_can_hold_is_measured_by_the_heaviest_of_them() -> None:
    apart = [Ranking("ab"), Ranking("cd", weight=0.5), Ranking("ca")]
    (best, score), *_ = fused(apart, together=2.0)
    assert best == "a"
    assert score == pytest.approx((1 + 61 / 62) / 2)
    assert names(*apart) == "".join(name for name, _ in fused(apart, together=2.0))


@given(RANKINGS)
def test_scores_fall_and_stay_within_bounds(rankings: list[Ranking[str]]) -> None:
    scores = [score for _, score in fused(rankings)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)


@given(RANKINGS, st.integers(1, 8))
def test_what_is_agreed_upon_stays(rankings: list[Ranking[str]], depth: int) -> None:
    best = rankings[0]
    assert names(*(best for _ in rankings))[:depth] == "".join(best.found)[:depth]
