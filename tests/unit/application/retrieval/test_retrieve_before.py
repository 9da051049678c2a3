"""What a node finds in its input, by strategy, and what the run keeps of it."""

from typing import Any

import pytest

from domain.errors import Unavailable
from domain.executions.context import RetrievalBudget
from domain.values.json import Json, JsonObject
from tests.fakes.knowledge import Answer, FakeSearch, a_match
from tests.unit.application.nodes.running import NOW_TEXT
from tests.unit.application.retrieval.looking import branches, chunks, failure, retrieved, told

DOWN = Unavailable("down")
ONE, TWO, THREE = a_match(1, 0.9), a_match(2, 0.8), a_match(3, 0.7)


def orchestrated(value: JsonObject) -> Any:
    return value["orchestration"]


async def test_hands_over_what_was_found_and_keeps_it_in_short() -> None:
    budget = RetrievalBudget(total_requests=2, total_successes=2, total_duration_ms=5)
    found = await retrieved(
        {"queryTemplate": "about {{topic}}", "topK": 5, "injectAs": "facts"},
        {"topic": "tides"},
        search=FakeSearch({"about tides": [[ONE, TWO]]}),
        retrieval=budget,
    )
    told_of: JsonObject = {
        "strategy": "single",
        "speculative": False,
        "retrieversTried": ["primary"],
        "modes": {"primary": "hybrid"},
        "selectedRetrieverKey": "primary",
        "branchCount": 1,
    }
    assert found.inject_as == "facts"
    assert found.value == {
        "query": "about tides",
        "topK": 5,
        "matches": [ONE.described(), TWO.described()],
        "orchestration": told_of,
    }
    ids = {"corpusId": str(ONE.corpus_id), "documentId": str(ONE.document_id)}
    assert found.patch.knowledge == {
        "retrieval.node": {
            "query": "about tides",
            "topK": 5,
            "matches": [
                {"chunkId": str(ONE.chunk_id), "score": 0.9, **ids},
                {"chunkId": str(TWO.chunk_id), "score": 0.8, **ids},
            ],
            "orchestration": told_of,
            "capturedAt": NOW_TEXT,
        }
    }
    assert found.patch.retrieval == RetrievalBudget(total_requests=3, total_successes=3, total_duration_ms=5)
    assert (found.patch.memory, found.patch.control) == ({}, None)


async def test_a_single_branch_that_finds_too_little_fails_the_node() -> None:
    failed = await failure({"query": "q", "minMatches": 2}, search=FakeSearch({"q": [[ONE]]}))
    assert str(failed) == "Retrieval found 1 matches, wanted are at least 2"
    assert told(failed.retrievals) == [("primary", "q", "empty", False)]
    assert failed.patch is not None
    assert failed.patch.retrieval == RetrievalBudget(total_requests=1, total_empties=1)


@pytest.mark.parametrize("strategy", ["single", "merge", "best-score", "first-non-empty", "adaptive"])
async def test_without_fail_on_error_the_node_goes_on_with_what_there_is_and_a_warning(strategy: str) -> None:
    config = branches("a", "b", strategy=strategy, failOnError=False)
    found = await retrieved(config, search=FakeSearch({"a": [DOWN], "b": [DOWN]}))
    assert chunks(found) == []
    warnings: Any = found.value["warnings"]
    assert warnings[0].startswith("Retrieval found 0 matches, wanted are at least 1")
    assert 'Retriever "a" failed: down' in warnings
    assert {each.selected for each in found.events} == {None}


@pytest.mark.parametrize("strategy", ["single", "merge", "best-score", "first-non-empty", "adaptive"])
async def test_every_strategy_fails_the_node_where_nobody_found_anything(strategy: str) -> None:
    failed = await failure(branches("a", "b", strategy=strategy), search=FakeSearch())
    assert "found 0 matches" in str(failed)
    assert {each.selected for each in failed.retrievals} == {False}


async def test_the_only_branch_left_is_a_single_one_whatever_was_planned() -> None:
    config = branches("a", "{{b}}", strategy="merge")
    found = await retrieved(config, {"b": ""}, search=FakeSearch({"a": [[ONE]]}))
    assert orchestrated(found.value)["strategy"] == "single"
    assert orchestrated(found.value)["branchCount"] == 1
    assert [each.strategy.value for each in found.events] == ["single"]


async def test_branches_without_a_query_do_not_count() -> None:
    config = branches("{{none}}", "a", "b", strategy="best-score")
    found = await retrieved(config, {"none": " "}, search=FakeSearch({"a": [[ONE]]}))
    assert [(each.retriever_key, each.branch_index) for each in found.events] == [("b", 1), ("c", 2)]


async def test_fails_where_no_branch_has_a_query_even_if_errors_are_allowed() -> None:
    failed = await failure({"query": "{{none}}", "failOnError": False}, {"none": ""}, search=FakeSearch())
    assert "no retriever has a query" in str(failed)
    assert failed.retrievals == ()


async def test_a_single_strategy_asks_the_first_of_several_only() -> None:
    search = FakeSearch({"a": [[ONE]], "b": [[TWO]]})
    for speculative in (False, True):
        found = await retrieved(branches("a", "b", strategy="single", speculative=speculative), search=search)
        assert chunks(found) == [1]
    assert search.queries == ["a", "a"]


# merge


async def test_merging_keeps_each_chunk_once_with_its_best_score_best_first() -> None:
    answers = {"a": [[a_match(1, 0.5), a_match(2, 0.4)]], "b": [[a_match(2, 0.9), a_match(3, 0.5)]]}
    found = await retrieved(branches("a", "b", strategy="merge"), search=FakeSearch(answers))
    matches: Any = found.value["matches"]
    assert [(each["chunkIndex"], each["score"]) for each in matches] == [(2, 0.9), (1, 0.5), (3, 0.5)]
    assert found.value["query"] == "a || b"
    assert "selectedRetrieverKey" not in orchestrated(found.value)
    assert told(found.events) == [("a", "a", "success", True), ("b", "b", "success", True)]


async def test_merging_is_cut_to_the_size_of_the_whole_and_says_whose_matches_were_lost() -> None:
    answers: dict[str, list[Answer]] = {"a": [[ONE, TWO]], "b": [[THREE]], "c": [[]], "d": [DOWN]}
    config = branches("a", "b", "c", "d", strategy="merge", topK=2)
    found = await retrieved(config, search=FakeSearch(answers))
    assert chunks(found) == [1, 2]
    assert [each.selected for each in found.events] == [True, False, False, None]
    assert found.value["warnings"] == ['Retriever "d" failed: down']


@pytest.mark.parametrize(
    ("answers", "fails"),
    [
        ({"a": [[ONE]], "b": [[]]}, False),
        ({"a": [[ONE]], "b": [DOWN]}, True),
        ({"a": [[ONE, TWO]], "b": [DOWN]}, False),
        ({"a": [[]], "b": [[]]}, True),
    ],
)
async def test_merging_too_little_fails_after_an_error_or_where_nobody_found_anything(
    answers: dict[str, Any], fails: bool
) -> None:
    config = branches("a", "b", strategy="merge", minMatches=2)
    search = FakeSearch(answers)
    if fails:
        assert "wanted are at least 2" in str(await failure(config, search=search))
    else:
        assert chunks(await retrieved(config, search=search))


async def test_an_error_of_a_branch_that_may_fail_does_not_fail_a_merge() -> None:
    retrievers: list[Json] = [{"query": "a"}, {"query": "b", "failOnError": "false"}]
    config: JsonObject = {"strategy": "merge", "minMatches": 2, "retrievers": retrievers}
    assert chunks(await retrieved(config, search=FakeSearch({"a": [[ONE]], "b": [DOWN]}))) == [1]


# best-score


@pytest.mark.parametrize(
    ("a", "b", "key"),
    [
        ([ONE], [TWO, THREE], "a"),
        ([TWO], [ONE], "b"),
        ([a_match(1, 0.5)], [a_match(2, 0.5), a_match(3, 0.1)], "b"),
        ([a_match(1, 0.5)], [a_match(2, 0.5)], "a"),
        ([], [a_match(1, -0.5)], "b"),
    ],
)
async def test_the_best_first_score_wins_then_more_matches_then_the_earlier(a: Any, b: Any, key: str) -> None:
    found = await retrieved(branches("a", "b", strategy="best-score"), search=FakeSearch({"a": [a], "b": [b]}))
    assert orchestrated(found.value)["selectedRetrieverKey"] == key
    assert [each.retriever_key for each in found.events if each.selected] == [key]
    assert orchestrated(found.value)["retrieversTried"] == ["a", "b"]


async def test_the_best_branch_must_find_enough() -> None:
    answers = {"a": [[ONE]], "b": [[TWO, THREE]]}
    failed = await failure(branches("a", "b", strategy="best-score", minMatches=2), search=FakeSearch(answers))
    assert str(failed) == "Retrieval found 1 matches, wanted are at least 2"


# first-non-empty


async def test_the_first_that_finds_enough_wins_and_the_rest_is_not_asked() -> None:
    search = FakeSearch({"a": [[]], "b": [[TWO]], "c": [[ONE]]})
    found = await retrieved(branches("a", "b", "c"), search=search)
    assert (chunks(found), search.queries) == ([2], ["a", "b"])
    assert orchestrated(found.value) == {
        "strategy": "first-non-empty",
        "speculative": False,
        "retrieversTried": ["a", "b"],
        "modes": {"a": "hybrid", "b": "hybrid"},
        "selectedRetrieverKey": "b",
        "branchCount": 3,
    }
    assert told(found.events) == [("a", "a", "empty", False), ("b", "b", "success", True)]


async def test_where_none_found_enough_the_first_with_anything_is_taken() -> None:
    config = branches("a", "b", "c", minMatches=2, failOnError=False)
    found = await retrieved(config, search=FakeSearch({"b": [[TWO]], "c": [[ONE]]}))
    assert chunks(found) == [2]
    failed = await failure(branches("a", "b", minMatches=2), search=FakeSearch({"b": [[TWO]]}))
    assert "found 1 matches" in str(failed)


async def test_a_branch_that_is_content_with_nothing_comes_after_those_that_found_something() -> None:
    found = await retrieved(branches("a", "b", minMatches=0), search=FakeSearch({"b": [[TWO]]}))
    assert chunks(found) == [2]
    assert chunks(await retrieved(branches("a", "b", minMatches=0), search=FakeSearch())) == []


# adaptive


@pytest.mark.parametrize(
    ("memory", "asked", "selected"),
    [
        ({"pref": " c "}, ["c"], "c"),
        ({"pref": "b"}, ["b", "a"], "a"),
        ({"pref": "unknown"}, ["a"], "a"),
        ({"pref": 3}, ["a"], "a"),
        ({}, ["a"], "a"),
    ],
)
async def test_the_preferred_branch_is_asked_first(memory: JsonObject, asked: list[str], selected: str) -> None:
    search = FakeSearch({"a": [[ONE]], "b": [[]], "c": [[THREE]]})
    config = branches("a", "b", "c", strategy="adaptive", preferredRetrieverMemoryKey="pref")
    found = await retrieved(config, search=search, memory=memory)
    assert search.queries == asked
    assert orchestrated(found.value)["selectedRetrieverKey"] == selected


@pytest.mark.parametrize(
    ("strategy", "named", "warnings"),
    [
        ("adaptive", "x", ['The preferred retriever "x" is none of a, b']),
        ("adaptive", "b", None),
        ("first-non-empty", "x", None),
    ],
)
async def test_a_preference_that_names_no_branch_is_told(strategy: str, named: str, warnings: Any) -> None:
    search = FakeSearch({"a": [[a_match(1)]], "b": [[a_match(2)]]})
    config = branches("a", "b", strategy=strategy, preferredRetrieverMemoryKey="pref")
    found = await retrieved(config, search=search, memory={"pref": named})
    assert found.value.get("warnings") == warnings


async def test_the_number_of_a_branch_is_its_place_in_the_config_whenever_it_is_asked() -> None:
    config = branches("a", "b", strategy="adaptive", preferredRetrieverMemoryKey="pref")
    found = await retrieved(config, search=FakeSearch({"a": [[ONE]]}), memory={"pref": "b"})
    assert [(each.retriever_key, each.branch_index) for each in found.events] == [("b", 2), ("a", 1)]


async def test_tells_how_each_retriever_searched() -> None:
    retrievers: list[Json] = [{"key": "semantic"}, {"key": "keyword"}, {"key": "both"}]
    search = FakeSearch({"q": [[ONE]]})
    found = await retrieved({"query": "q", "strategy": "merge", "retrievers": retrievers}, search=search)
    modes = {"semantic": "dense", "keyword": "lexical", "both": "hybrid"}
    assert orchestrated(found.value)["modes"] == modes
    assert [each.mode.value for each in search.asked] == list(modes.values())
