"""Parameters are read as editors send them, and all that is wrong is told at once."""

import pytest

from domain.knowledge.scope import ScopeType
from domain.templates.parameters import TemplateParameters
from domain.templates.read_parameters import read_parameters
from domain.values.json import UNDEFINED, Json

SOME_ID = "0B9F3A52-7A3C-4C55-9D0E-2F4B8C1D6E7F"


def read(**given: Json) -> TemplateParameters:
    params, faults = read_parameters(given)
    assert not faults
    return params


def refused(**given: Json) -> set[tuple[str, str]]:
    _, faults = read_parameters(given)
    return {(str(fault.path[-1]), fault.code) for fault in faults}


def test_nothing_given_is_all_defaults() -> None:
    assert read_parameters(UNDEFINED) == (TemplateParameters(), ())
    assert read().described() == {"queryPath": "query", "topK": 8}


@pytest.mark.parametrize(("given", "is_read"), [(3, 3), ("3", 3), (" 50 ", 50), (4.0, 4), (True, 1)])
def test_takes_numbers_and_their_texts(given: Json, is_read: int) -> None:
    assert read(topK=given).top_k == is_read


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (0, "out_of_range"),
        (51, "out_of_range"),
        (None, "out_of_range"),
        ("", "out_of_range"),
        (1.5, "not_integer"),
        ("many", "wrong_type"),
        ([3], "wrong_type"),
        ({}, "wrong_type"),
        ("1e400", "wrong_type"),
    ],
)
def test_refuses_what_is_no_count(given: Json, code: str) -> None:
    assert refused(topK=given) == {("topK", code)}


@pytest.mark.parametrize(("given", "path"), [("  ", "query"), (" body.question ", "body.question"), ("a.0.b", "a.0.b")])
def test_a_blank_path_is_the_usual_one(given: str, path: str) -> None:
    assert read(queryPath=given).query_path == path


@pytest.mark.parametrize("given", ["", "a" * 256, "two words", "a..b", "{{query}}", "frage-1", 7, None])
def test_refuses_paths_that_no_placeholder_can_spell(given: Json) -> None:
    assert {name for name, _ in refused(queryPath=given)} == {"queryPath"}


@pytest.mark.parametrize("given", ["content", " model ", "_nodes", "_x.y", "documentText", "documents.0.q", "usage.a"])
def test_refuses_a_question_where_nodes_read_and_write(given: str) -> None:
    assert refused(queryPath=given) == {("queryPath", "taken")}


@pytest.mark.parametrize("given", ["contents", "body.content", "q._x", "Model"])
def test_a_question_may_be_beside_what_nodes_read_and_write(given: str) -> None:
    assert read(queryPath=given).query_path == given


def test_refuses_what_there_is_not() -> None:
    assert refused(topk=3, query="x") == {("topk", "unknown_key"), ("query", "unknown_key")}


@pytest.mark.parametrize("given", [None, [], "text", 1, True])
def test_refuses_what_is_no_object(given: Json) -> None:
    _, (fault,) = read_parameters(given)
    assert fault.path == ("params",)


@pytest.mark.parametrize(
    ("given", "scope_type"),
    [
        ({"workflowId": SOME_ID}, ScopeType.WORKFLOW),
        ({"executionId": SOME_ID, "workflowId": SOME_ID}, ScopeType.EXECUTION),
        ({"executionId": "this"}, ScopeType.EXECUTION),
        ({"corpusId": SOME_ID}, None),
        ({"scopeType": "user", "workflowId": SOME_ID}, ScopeType.USER),
    ],
)
def test_ids_say_the_scope_where_nothing_else_does(given: dict[str, Json], scope_type: ScopeType | None) -> None:
    assert read(**given).scope_type is scope_type


def test_ids_that_the_scope_does_not_look_at_are_dropped() -> None:
    read_ids = read(scopeType="execution", workflowId=SOME_ID, executionId="this").described()
    assert read_ids == {"queryPath": "query", "topK": 8, "scopeType": "execution", "executionId": "this"}


def test_ids_are_written_in_lower_case() -> None:
    assert read(workflowId=SOME_ID).workflow_id == SOME_ID.lower()


@pytest.mark.parametrize("name", ["corpusId", "workflowId", "executionId"])
def test_refuses_what_is_no_id(name: str) -> None:
    assert refused(**{name: "7"}) == {(name, "invalid_uuid")}


def test_only_workflows_and_runs_are_this() -> None:
    assert refused(corpusId="this") == {("corpusId", "invalid_uuid")}


@pytest.mark.parametrize("kind", ["workflow", "execution"])
def test_a_scope_needs_its_id(kind: str) -> None:
    assert refused(scopeType=kind, topK=99) == {(f"{kind}Id", "required"), ("topK", "out_of_range")}


def test_a_missing_id_is_not_told_beside_a_wrong_type() -> None:
    assert refused(scopeType="workflow", corpusId=7) == {("corpusId", "wrong_type")}
