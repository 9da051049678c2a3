import asyncio
from typing import Any
from uuid import UUID

import pytest

from application.nodes.knowledge_retrieve import KnowledgeRetrieve
from application.nodes.node import NodeFailed, NodeOutput
from domain.errors import Unavailable
from domain.executions.context import RetrievalBudget
from domain.knowledge.scope import Scope, ScopeType
from domain.values.json import Json, JsonObject
from tests.fakes.knowledge import FakeSearch, MeetingSearch, a_match
from tests.unit.application.nodes.running import (
    EXECUTION_ID,
    NOW_TEXT,
    OWNER_ID,
    WORKFLOW_ID,
    a_context,
    faults,
    run,
)
from tests.unit.application.retrieval.looking import told

DOWN = Unavailable("down")
ONE, TWO, THREE = a_match(1, 0.9), a_match(2, 0.8), a_match(3, 0.7)
CORPUS = "018f0000-0000-7000-8000-0000000000aa"
ACTIVE = "knowledge.activeCorpusId"


def several(*queries: str, **more: Json) -> JsonObject:
    """Retrievers a, b, c … with these templates."""
    retrievers: list[Json] = [{"key": "abcdefgh"[at], "queryTemplate": query} for at, query in enumerate(queries)]
    return {"retrievers": retrievers, **more}


async def looked_up(
    config: JsonObject, search: FakeSearch, received: JsonObject | None = None, **parts: Any
) -> NodeOutput:
    return await run(KnowledgeRetrieve, config, received, context=a_context(search=search, **parts))


def knowledge(output: NodeOutput, key: str = "_knowledge") -> Any:
    return output.data[key]


def chosen(output: NodeOutput) -> tuple[str | None, list[int]]:
    told = knowledge(output)
    return told["orchestration"].get("selectedRetrieverKey"), [each["chunkIndex"] for each in told["matches"]]


async def test_hands_on_what_was_found_and_how() -> None:
    search = FakeSearch({"tides": [[ONE, TWO]]})
    output = await looked_up({"queryTemplate": "{{q}}", "topK": "5"}, search, {"q": "tides"})
    assert output.data == {
        "q": "tides",
        "_knowledge": {
            "query": "tides",
            "topK": 5,
            "matches": [ONE.described(), TWO.described()],
            "orchestration": {
                "strategy": "single",
                "speculative": False,
                "retrieversTried": ["default"],
                "modes": {"default": "hybrid"},
                "selectedRetrieverKey": "default",
                "branchCount": 1,
            },
        },
        "_knowledgeBranches": [{"key": "default", "query": "tides", "topK": 5, "matchesCount": 2, "error": None}],
    }
    assert list(output.produced) == ["_knowledge", "_knowledgeBranches"]
    assert output.patch is not None
    assert output.patch.knowledge == {
        "retrieval.node": {
            "strategy": "single",
            "selectedRetrieverKey": "default",
            "branchCount": 1,
            "matchesCount": 2,
            "timestamp": NOW_TEXT,
        }
    }
    assert output.patch.retrieval == RetrievalBudget(total_requests=1, total_successes=1)


@pytest.mark.parametrize(
    ("config", "query"),
    [
        ({"queryTemplate": "about {{topic}} {{none}}", "queryPath": "query"}, "about tides"),
        ({"queryPath": "query"}, "when"),
        ({"queryTemplate": "", "queryPath": " deep.0 "}, "down"),
        ({"queryPath": "object"}, '{"a":1}'),
        ({"queryTemplate": "{{object}}"}, '{"a":1}'),
        ({"queryPath": "_nodes.far.word"}, "afar"),
        ({"queryTemplate": "{{_nodes.far.word}}"}, "afar"),
    ],
)
async def test_asks_by_template_or_else_by_path(config: JsonObject, query: str) -> None:
    search = FakeSearch()
    received: JsonObject = {"topic": "tides", "query": "when", "deep": ["down"], "object": {"a": 1}}
    await looked_up(config, search, received, outputs={"far": {"word": "afar"}})
    assert search.queries == [query]


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({"outputKey": "facts"}, {"facts"}),
        ({"outputKey": "facts", "setAsPrimary": "true"}, {"facts", "_knowledge"}),
        ({"outputKey": ""}, {"_knowledge"}),
        ({"outputKey": "_knowledge", "setAsPrimary": False}, {"_knowledge"}),
    ],
)
async def test_tells_it_where_the_config_says(more: JsonObject, keys: set[str]) -> None:
    output = await looked_up({"queryTemplate": "q", **more}, FakeSearch())
    assert set(output.data) == {*keys, "_knowledgeBranches"}
    assert len({str(output.data[key]) for key in keys}) == 1


async def test_a_query_is_cut_to_what_a_search_takes() -> None:
    search = FakeSearch()
    await looked_up({"queryPath": "q"}, search, {"q": "x" * 10_001})
    assert search.queries == ["x" * 10_000]


# several retrievers


async def test_retrievers_differ_in_what_they_say_and_those_that_ask_nothing_are_dropped() -> None:
    retrievers: list[Json] = [
        {"key": "semantic", "queryPath": "q", "topK": "2"},
        {"queryTemplate": "{{q}}!"},
        {"key": "silent"},
        {"key": "off", "queryTemplate": "x", "enabled": "false"},
        {"key": "semantic", "queryTemplate": "{{q}}?"},
    ]
    search = FakeSearch()
    output = await looked_up({"retrievers": retrievers, "strategy": "merge", "topK": 4}, search, {"q": "tides"})
    assert [(each.query, each.top_k, each.mode.value) for each in search.asked] == [
        ("tides", 2, "dense"),
        ("tides!", 4, "hybrid"),
        ("tides?", 4, "dense"),
    ]
    assert knowledge(output)["orchestration"]["retrieversTried"] == ["semantic", "retriever-2", "semantic_2"]


@pytest.mark.parametrize(
    ("strategy", "answers", "result"),
    [
        ("single", {"a": [ONE], "b": [TWO]}, ("a", [1])),
        ("single", {"a": [], "b": [TWO]}, ("a", [])),
        ("first-non-empty", {"a": [], "b": [TWO], "c": [ONE]}, ("b", [2])),
        ("first-non-empty", {}, ("a", [])),
        ("best-score", {"a": [THREE], "b": [ONE], "c": [TWO]}, ("b", [1])),
        ("best-score", {"a": [ONE], "b": [a_match(2, 0.9), THREE]}, ("a", [1])),
        ("best-score", {}, ("a", [])),
        ("merge", {"a": [TWO], "b": [a_match(2, 0.95), ONE], "c": []}, ("merged", [2, 1])),
        ("merge", {}, ("merged", [])),
        ("adaptive", {"a": [ONE], "b": [TWO]}, ("b", [2])),
        ("adaptive", {"a": [ONE], "b": []}, ("b", [])),
    ],
)
@pytest.mark.parametrize("speculative", [False, "true"])
async def test_every_strategy_asks_all_and_makes_its_own_choice(
    strategy: str, answers: dict[str, Any], result: tuple[str, list[int]], speculative: Json
) -> None:
    search = FakeSearch({query: [found] for query, found in answers.items()})
    config = several("a", "b", "c", strategy=strategy, speculative=speculative)
    output = await looked_up(config, search, memory={"routing.preferredRetriever": " b "})
    assert chosen(output) == result
    assert sorted(search.queries) == ["a", "b", "c"]
    shown: Any = output.data["_knowledgeBranches"]
    assert [each["key"] for each in shown] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("memory", "result"),
    [
        ({"mine": "c"}, ("c", [3])),
        ({"mine": "unknown"}, ("b", [2])),
        ({"mine": 7}, ("b", [2])),
        ({"routing.preferredRetriever": "c"}, ("b", [2])),
    ],
)
async def test_the_memory_names_the_preferred_one(memory: JsonObject, result: tuple[str, list[int]]) -> None:
    search = FakeSearch({"b": [[TWO]], "c": [[THREE]]})
    config = several("a", "b", "c", strategy="adaptive", preferredRetrieverMemoryKey="mine")
    assert chosen(await looked_up(config, search, memory=memory)) == result


@pytest.mark.parametrize(
    ("preferred", "warnings"),
    [
        ("unknown", ['The preferred retriever "unknown" is none of a, b']),
        (7, ['The preferred retriever "7" is none of a, b']),
        ("x" * 1000, [f'The preferred retriever "{"x" * 100}" is none of a, b']),
        (" b ", None),
        ("", None),
        (None, None),
    ],
)
async def test_a_preference_that_names_no_retriever_is_told(preferred: Json, warnings: list[str] | None) -> None:
    search = FakeSearch({"a": [[ONE]], "b": [[TWO]]})
    config = several("a", "b", strategy="adaptive", preferredRetrieverMemoryKey="mine")
    output = await looked_up(config, search, memory={"mine": preferred})
    assert knowledge(output).get("warnings") == warnings


async def test_a_preference_is_nothing_to_other_strategies() -> None:
    search = FakeSearch({"a": [[ONE]]})
    config = several("a", strategy="merge")
    output = await looked_up(config, search, memory={"routing.preferredRetriever": "unknown"})
    assert "warnings" not in knowledge(output)


async def test_a_merge_is_cut_to_what_the_first_asks_for_and_joins_the_queries() -> None:
    retrievers: list[Json] = [{"queryTemplate": "a", "topK": 2}, {"queryTemplate": "b", "topK": 9}]
    search = FakeSearch({"a": [[TWO]], "b": [[ONE, THREE]]})
    output = await looked_up({"retrievers": retrievers, "strategy": "merge"}, search)
    assert chosen(output) == ("merged", [1, 2])
    assert knowledge(output)["query"] == "a || b"
    assert knowledge(output)["topK"] == 2


async def test_speculative_branches_search_at_the_same_time() -> None:
    search = MeetingSearch({"a": [[ONE]], "b": [[TWO]]}, parties=2)
    async with asyncio.timeout(10):
        output = await looked_up(several("a", "b", strategy="merge", speculative=True), search)
    assert chosen(output) == ("merged", [1, 2])
    assert knowledge(output)["orchestration"]["speculative"] is True


# blank queries, errors, too little


@pytest.mark.parametrize("received", [{}, {"query": None}, {"query": " "}, {"query": "", "more": "\n"}])
async def test_words_around_blank_placeholders_are_no_query(received: JsonObject) -> None:
    search = FakeSearch()
    config = several("faq {{query}}", "docs {{ query }} {{more}}", fallbackQueryTemplate="about {{query}}")
    output = await looked_up(config, search, received)
    assert search.queries == []
    assert knowledge(output)["warnings"] == [
        'The query of retriever "a" is blank',
        'The query of retriever "b" is blank',
    ]


async def test_one_placeholder_that_says_something_is_enough() -> None:
    search = FakeSearch()
    await looked_up(several("faq", "faq {{none}} {{query}}"), search, {"query": "tides"})
    assert search.queries == ["faq", "faq  tides"]


async def test_a_blank_query_gives_way_to_the_fallback() -> None:
    search = FakeSearch({"else": [[ONE]]})
    config: JsonObject = {"queryPath": "none", "fallbackQueryTemplate": "{{other}}"}
    output = await looked_up(config, search, {"other": "else"})
    assert search.queries == ["else"]
    assert knowledge(output)["query"] == "else"


async def test_a_branch_without_any_query_is_skipped_and_told() -> None:
    search = FakeSearch({"b": [[ONE]]})
    output = await looked_up(several("{{none}}", "b", strategy="first-non-empty"), search)
    assert chosen(output) == ("b", [1])
    blank: Any = output.data["_knowledgeBranches"]
    assert blank[0] == {"key": "a", "query": "", "topK": 8, "matchesCount": 0, "error": "The query is blank"}
    with pytest.raises(NodeFailed, match='The query of retriever "a" is blank'):
        await looked_up(several("{{none}}", "b", failOnError="true"), FakeSearch())


async def test_nothing_to_ask_is_an_empty_result_or_a_failure() -> None:
    output = await looked_up({"queryPath": "none"}, FakeSearch())
    assert knowledge(output)["matches"] == []
    assert knowledge(output)["orchestration"]["branchCount"] == 0
    assert output.retrievals == ()
    with pytest.raises(NodeFailed):
        await looked_up({"queryPath": "none", "failOnEmpty": True}, FakeSearch())


async def test_an_error_of_a_branch_is_told_or_fails_the_node() -> None:
    search = FakeSearch({"a": [DOWN], "b": [[ONE]]})
    output = await looked_up(several("a", "b", strategy="first-non-empty"), search)
    assert chosen(output) == ("b", [1])
    told_branches: Any = output.data["_knowledgeBranches"]
    assert [each["error"] for each in told_branches] == ["down", None]
    assert knowledge(output)["warnings"] == ['Retriever "a" failed: down']
    with pytest.raises(NodeFailed) as failed:
        await looked_up(several("a", "b", failOnError=True), search)
    assert str(failed.value) == 'Retriever "a" failed: down'
    assert failed.value.patch is not None
    assert failed.value.patch.retrieval == RetrievalBudget(total_requests=1, total_failures=1)


@pytest.mark.parametrize(
    ("min_matches", "found", "fails"),
    [("0", [ONE], False), (2, [ONE], True), ("2", [ONE, TWO], False), (1, [], True)],
)
async def test_too_little_is_a_warning_or_fails_the_node(min_matches: Json, found: Any, fails: bool) -> None:
    config: JsonObject = {"queryTemplate": "q", "minMatches": min_matches}
    output = await looked_up(config, FakeSearch({"q": [found]}))
    assert ("warnings" in knowledge(output)) is fails
    if not fails:
        await looked_up({**config, "failOnEmpty": "true"}, FakeSearch({"q": [found]}))
        return
    with pytest.raises(NodeFailed, match=f"found {len(found)} matches, wanted are at least {min_matches}") as failed:
        await looked_up({**config, "failOnEmpty": "true"}, FakeSearch({"q": [found]}))
    assert len(failed.value.retrievals) == 1


# scope


@pytest.mark.parametrize(
    ("config", "memory", "scope"),
    [
        ({}, {}, Scope()),
        ({}, {ACTIVE: CORPUS}, Scope(corpus_id=UUID(CORPUS))),  # type: ignore[arg-type]
        ({}, {ACTIVE: ""}, Scope()),
        ({"corpusId": CORPUS}, {ACTIVE: "other"}, Scope(corpus_id=UUID(CORPUS))),  # type: ignore[arg-type]
        ({"scopeType": "workflow"}, {}, Scope(type=ScopeType.WORKFLOW, workflow_id=WORKFLOW_ID)),
        ({"scopeType": "execution"}, {}, Scope(type=ScopeType.EXECUTION, execution_id=EXECUTION_ID)),
    ],
)
async def test_searches_where_it_is_told_or_else_what_the_run_filled(
    config: JsonObject, memory: JsonObject, scope: Scope
) -> None:
    search = FakeSearch()
    output = await looked_up({"queryTemplate": "q", **config}, search, memory=memory)
    assert [each.scope for each in search.asked] == [scope]
    assert [each.owner_id for each in search.asked] == [OWNER_ID]
    assert [each.scope for each in output.retrievals] == [scope]


async def test_a_remembered_corpus_that_is_none_fails_the_node() -> None:
    with pytest.raises(NodeFailed, match="is not the id of a corpus"):
        await looked_up({"queryTemplate": "q"}, FakeSearch(), memory={ACTIVE: "mine"})


# record and budget


async def test_the_record_counts_branches_from_one_and_says_whose_matches_were_taken() -> None:
    search = FakeSearch({"a": [DOWN], "b": [[ONE]], "c": [[TWO]]})
    output = await looked_up(several("a", "b", "c", "d", strategy="first-non-empty"), search)
    assert told(output.retrievals) == [
        ("a", "a", "failed", None),
        ("b", "b", "success", True),
        ("c", "c", "success", False),
        ("d", "d", "empty", False),
    ]
    assert [each.branch_index for each in output.retrievals] == [1, 2, 3, 4]


async def test_what_the_budget_refuses_is_an_error_on_record() -> None:
    search = FakeSearch({"a": [[ONE]], "b": [[TWO]]})
    output = await looked_up(
        several("a", "b", strategy="merge"), search, retrieval=RetrievalBudget(max_requests=5, total_requests=4)
    )
    assert search.queries == ["a"]
    assert output.retrievals[1].error == "Retrieval budget exhausted (5/5 requests)"
    assert chosen(output) == ("merged", [1])


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({}, [("queryTemplate", "required")]),
        ({"queryTemplate": " ", "queryPath": "", "retrievers": ""}, [("queryTemplate", "required")]),
        ({"queryPath": "q", "topK": "", "minMatches": "", "strategy": "", "speculative": ""}, []),
        ({"queryPath": "q", "topK": "many"}, [("topK", "wrong_type")]),
        ({"queryPath": "q", "topK": 51}, [("topK", "out_of_range")]),
        ({"queryPath": "q", "topK": 1.5}, [("topK", "wrong_type")]),
        ({"queryPath": "q", "minMatches": -1}, [("minMatches", "out_of_range")]),
        ({"queryPath": "q", "strategy": "guess"}, [("strategy", "unknown_choice")]),
        ({"queryPath": "q", "corpusId": "mine"}, [("corpusId", "bad_id")]),
        ({"queryPath": "q", "retrievers": "[1]"}, [("retrievers.0", "wrong_type")]),
        ({"retrievers": [{"queryPath": "q", "topK": 0}]}, [("retrievers.0.topK", "out_of_range")]),
        ({"retrievers": '[{"queryPath": "q"}]'}, []),
    ],
)
def test_names_what_is_wrong_with_its_config(config: JsonObject, named: list[tuple[str, str]]) -> None:
    assert faults(KnowledgeRetrieve, config) == named
