"""What a `retrieval` object may say, also where an editor made texts of everything."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.nodes.config_reader import ConfigReader
from application.ports.knowledge import SearchMode
from application.retrieval.keys import distinct
from application.retrieval.read_retrieval import read_retrieval
from application.retrieval.retriever import Retriever
from domain.executions.retrieval import Strategy
from domain.ids import CorpusId, ExecutionId, WorkflowId
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType
from domain.values.json import Json, JsonObject
from tests.unit.application.nodes.running import a_context
from tests.unit.application.retrieval.looking import faults_of, plan_of

ID = UUID("018f0000-0000-7000-8000-00000000000a")


@pytest.mark.parametrize("config", [None, "", " ", False, {"enabled": False}, {"enabled": "False", "topK": "many"}])
def test_nothing_is_retrieved_where_nothing_is_asked_or_it_is_switched_off(config: Json) -> None:
    fields = ConfigReader({"retrieval": config})
    assert read_retrieval(fields) is None
    assert not fields.faults
    assert read_retrieval(ConfigReader({})) is None


def test_says_little_and_gets_the_usual() -> None:
    plan = plan_of({"query": "q", "enabled": "yes"})
    assert (plan.inject_as, plan.strategy, plan.is_speculative) == ("_knowledge", Strategy.SINGLE, False)
    assert plan.retrievers == (Retriever(key="primary", query="q"),)
    usual = plan.base
    assert (usual.top_k, usual.query_max_chars, usual.max_retries, usual.retry_delay_ms) == (8, 2000, 0, 0)
    assert (usual.min_matches, usual.min_score, usual.fails_on_error) == (1, None, True)
    assert usual.scope == EVERYWHERE


TEXTS: JsonObject = {
    "query": "q",
    "topK": "3",
    "queryMaxChars": "10",
    "maxRetries": " 2 ",
    "retryDelayMs": "250",
    "minMatches": "0",
    "minScore": "0.5",
    "failOnError": "FALSE",
    "speculative": "true",
    "injectAs": "",
    "strategy": "",
    "corpusId": str(ID).upper(),
    "mode": "dense",
}


def test_reads_numbers_and_switches_that_are_written_as_text() -> None:
    plan = plan_of(TEXTS)
    assert (plan.is_speculative, plan.inject_as, plan.strategy) == (True, "_knowledge", Strategy.SINGLE)
    assert plan.base == Retriever(
        query="q",
        top_k=3,
        query_max_chars=10,
        max_retries=2,
        retry_delay_ms=250,
        min_matches=0,
        min_score=0.5,
        fails_on_error=False,
        scope=Scope(corpus_id=CorpusId(ID)),
        mode=SearchMode.DENSE,
    )


def test_a_cleared_field_is_as_if_it_had_never_been_there() -> None:
    cleared = {name: "" for name in TEXTS if name != "query"}
    assert plan_of({"query": "q", **cleared}) == plan_of({"query": "q"})


def test_the_whole_object_may_be_written_as_json_text() -> None:
    assert plan_of('{"retrievers": "[{\\"query\\": \\"q\\"}]"}') == plan_of({"retrievers": [{"query": "q"}]})


@pytest.mark.parametrize(("score", "clamped"), [(3, 1.0), (-2, -1.0), (0.25, 0.25), ("-7", -1.0)])
def test_a_lowest_score_is_moved_into_its_limits(score: Json, clamped: float) -> None:
    assert plan_of({"query": "q", "minScore": score}).base.min_score == clamped


@pytest.mark.parametrize(
    ("config", "faults"),
    [
        ("text", [("retrieval", "not_json")]),
        ([1], [("retrieval", "wrong_type")]),
        (True, [("retrieval", "wrong_type")]),
        ({}, [("retrieval.query", "required")]),
        ({"retrievers": [{"key": "a"}]}, [("retrieval.query", "required")]),
        ({"query": "q", "topK": 51}, [("retrieval.topK", "out_of_range")]),
        ({"query": "q", "topK": 0}, [("retrieval.topK", "out_of_range")]),
        ({"query": "q", "topK": 2.5}, [("retrieval.topK", "wrong_type")]),
        ({"query": "q", "topK": "few"}, [("retrieval.topK", "wrong_type")]),
        ({"query": "q", "topK": True}, [("retrieval.topK", "wrong_type")]),
        ({"query": "q", "queryMaxChars": 10_001}, [("retrieval.queryMaxChars", "out_of_range")]),
        ({"query": "q", "maxRetries": 6}, [("retrieval.maxRetries", "out_of_range")]),
        ({"query": "q", "retryDelayMs": 10_001}, [("retrieval.retryDelayMs", "out_of_range")]),
        ({"query": "q", "minMatches": 51}, [("retrieval.minMatches", "out_of_range")]),
        ({"query": "q", "minScore": "high"}, [("retrieval.minScore", "wrong_type")]),
        ({"query": "q", "strategy": "best"}, [("retrieval.strategy", "unknown_choice")]),
        ({"query": "q", "scopeType": "team"}, [("retrieval.scopeType", "unknown_choice")]),
        ({"query": "q", "mode": "psychic"}, [("retrieval.mode", "unknown_choice")]),
        ({"query": "q", "corpusId": "mine"}, [("retrieval.corpusId", "bad_id")]),
        ({"query": "q", "workflowId": f"{{{ID}}}"}, [("retrieval.workflowId", "bad_id")]),
        ({"query": "q", "executionId": 7}, [("retrieval.executionId", "bad_id")]),
        ({"query": {}}, [("retrieval.query", "wrong_type"), ("retrieval.query", "required")]),
        ({"query": "q", "retrievers": {"a": 1}}, [("retrieval.retrievers", "wrong_type")]),
        ({"query": "q", "retrievers": ["a", {}]}, [("retrieval.retrievers.0", "wrong_type")]),
        ({"query": "q", "retrievers": [{}, {"topK": 99}]}, [("retrieval.retrievers.1.topK", "out_of_range")]),
    ],
)
def test_names_every_fault_with_its_path(config: Json, faults: list[tuple[str, str]]) -> None:
    assert faults_of(config) == faults


def test_a_fault_inside_says_where_it_is() -> None:
    fields = ConfigReader({"retrieval": {"query": "q", "retrievers": [{"topK": 99}]}})
    read_retrieval(fields)
    assert [fault.message for fault in fields.faults] == ['retrieval.retrievers.0: "topK" must be between 1 and 50']


def test_retrievers_say_what_is_different_for_them() -> None:
    plan = plan_of(
        {
            "queryTemplate": "{{q}}",
            "topK": 5,
            "scopeType": "workflow",
            "mode": "",
            "retrievers": [
                {"key": "semantic"},
                {"query": "own", "topK": 9, "failOnError": False, "minScore": 0.1},
                {"key": "keyword", "enabled": False},
                {"key": "Lexical", "mode": "hybrid"},
            ],
        }
    )
    one, two, three = plan.retrievers
    assert (one.key, one.query, one.top_k, one.mode) == ("semantic", "{{q}}", 5, SearchMode.DENSE)
    assert (two.key, two.query, two.top_k, two.mode) == ("retriever_2", "own", 9, SearchMode.HYBRID)
    assert (two.fails_on_error, two.min_score, two.scope.type) == (False, 0.1, ScopeType.WORKFLOW)
    assert (three.key, three.mode) == ("Lexical", SearchMode.HYBRID)
    assert plan.strategy is Strategy.FIRST_NON_EMPTY


@pytest.mark.parametrize(
    ("key", "mode"),
    [("semantic", "dense"), ("lexical", "lexical"), (" Keyword ", "lexical"), ("faq", "hybrid"), ("", "hybrid")],
)
def test_names_decide_how_retrievers_search(key: str, mode: str) -> None:
    plan = plan_of({"query": "q", "retrievers": [{"key": key}, {"key": key}]})
    assert [each.mode for each in plan.retrievers] == [mode, mode]


def test_what_the_whole_says_about_searching_holds_for_all_that_say_nothing() -> None:
    retrievers: list[Json] = [{"key": "semantic"}, {"key": "b", "mode": "dense"}]
    plan = plan_of({"query": "q", "mode": "lexical", "retrievers": retrievers})
    assert [each.mode for each in plan.retrievers] == [SearchMode.LEXICAL, SearchMode.DENSE]


def test_the_same_name_twice_is_told_apart_and_fits_a_record() -> None:
    assert distinct(["a", "a", "b", "a", "a_2"]) == ["a", "a_2", "b", "a_3", "a_2_2"]
    long = distinct(["x" * 300] * 12)
    assert len(set(long)) == 12
    assert {len(key) for key in long} == {100}


def branch(received: JsonObject | None = None, **parts: Any) -> Any:
    return replace(Retriever(key="a"), **parts).branch(1, received or {}, a_context())


def test_renders_queries_trims_and_cuts_them() -> None:
    assert branch({"a": {"b": 1.0}}, query=" about {{a.b}}, {{missing}} ").queries == ("about 1, {{missing}}",)
    assert branch(query="  abc def", query_max_chars=4).queries == ("abc",)
    assert branch({"a": "x"}, query="{{a}}", fallback_query="y").queries == ("x", "y")


def test_leaves_out_a_query_that_says_nothing_and_the_same_one_again() -> None:
    assert branch({"a": " "}, query="{{a}}", fallback_query="y").queries == ("y",)
    assert branch(query="y", fallback_query=" y ").queries == ("y",)
    assert branch({"a": ""}, query="{{a}}").queries == ()


SEEN = a_context()


@pytest.mark.parametrize(
    ("config", "scope"),
    [
        ({}, EVERYWHERE),
        ({"scopeType": "workflow"}, Scope(type=ScopeType.WORKFLOW, workflow_id=SEEN.workflow_id)),
        ({"scopeType": "execution"}, Scope(type=ScopeType.EXECUTION, execution_id=SEEN.execution_id)),
        (
            {"scopeType": "workflow", "workflowId": str(ID), "executionId": str(ID)},
            Scope(type=ScopeType.WORKFLOW, workflow_id=WorkflowId(ID)),
        ),
        ({"scopeType": "user", "workflowId": str(ID)}, Scope(type=ScopeType.USER)),
        ({"workflowId": str(ID)}, Scope(type=ScopeType.WORKFLOW, workflow_id=WorkflowId(ID))),
        ({"executionId": str(ID)}, Scope(type=ScopeType.EXECUTION, execution_id=ExecutionId(ID))),
        ({"corpusId": str(ID)}, Scope(corpus_id=CorpusId(ID))),
    ],
)
def test_the_ids_of_the_run_stand_in_for_those_that_are_not_given(config: JsonObject, scope: Scope) -> None:
    [retriever] = plan_of({"query": "q", **config}).retrievers
    assert retriever.branch(1, {}, SEEN).scope == scope


FIELDS = (
    *("injectAs", "strategy", "speculative", "preferredRetrieverMemoryKey", "retrievers", "key", "enabled", "query"),
    *("queryTemplate", "fallbackQuery", "fallbackQueryTemplate", "queryMaxChars", "topK", "maxRetries", "retryDelayMs"),
    *("minMatches", "minScore", "failOnError", "corpusId", "scopeType", "workflowId", "executionId", "mode"),
)
ODD: list[Json] = [
    None,
    True,
    "false",
    0,
    "7",
    -3,
    2.5,
    1e300,
    "1e400",
    "",
    " ",
    "merge",
    "q",
    str(ID),
    "{",
    "[1]",
    [],
    {},
]
ANYTHING = st.sampled_from(ODD)
SOME = st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6)


@given(whole=SOME, retrievers=st.lists(SOME, max_size=3))
def test_whatever_is_configured_is_read_or_named(whole: JsonObject, retrievers: list[Json]) -> None:
    fields = ConfigReader({"retrieval": {"retrievers": retrievers, **whole}})
    plan = read_retrieval(fields)
    assert all(fault.path[0] == "retrieval" and fault.message for fault in fields.faults)
    if plan is not None and not fields.faults:
        assert any(each.query or each.fallback_query for each in plan.retrievers)
        assert len({each.key for each in plan.retrievers}) == len(plan.retrievers)
        assert all(1 <= each.top_k <= 50 and 0 <= each.max_retries <= 5 for each in plan.retrievers)
