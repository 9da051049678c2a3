"""An edge is taken for what its source produced, and for nothing else."""

import pytest

from domain.executions.routing import judge
from domain.ids import EdgeId, NodeId
from domain.values.json import JsonObject
from domain.workflows.graph import Edge, EdgeCondition


def is_taken(condition: EdgeCondition, produced: JsonObject) -> bool:
    edge = Edge(id=EdgeId("e"), source=NodeId("a"), target=NodeId("b"), condition=condition)
    return judge(edge, produced).taken


@pytest.mark.parametrize("condition", [None, "", "  ", "always", " ANY "])
def test_takes_an_edge_without_a_real_condition_always(condition: EdgeCondition) -> None:
    assert is_taken(condition, {})


@pytest.mark.parametrize("condition", [True, "true", " TRUE "])
@pytest.mark.parametrize(
    "produced",
    [{"_condition": {"result": True}}, {"_evaluation": {"passed": True}}, {"result": True}],
)
def test_takes_a_true_edge_for_any_of_the_three_flags(condition: EdgeCondition, produced: JsonObject) -> None:
    assert is_taken(condition, produced)
    assert not is_taken("false", produced)


def test_lets_the_first_flag_that_is_a_boolean_decide() -> None:
    produced: JsonObject = {"_condition": {"result": "yes"}, "_evaluation": {"passed": False}, "result": True}
    assert is_taken(False, produced)


@pytest.mark.parametrize("condition", [True, False])
def test_takes_neither_branch_when_no_flag_is_defined(condition: bool) -> None:
    assert not is_taken(condition, {"result": "true", "value": 1})


def test_asks_pass_and_fail_of_the_evaluation_only() -> None:
    assert is_taken("pass", {"_evaluation": {"passed": True}})
    assert is_taken("Fail", {"_evaluation": {"passed": False}})
    assert not is_taken("fail", {"_condition": {"result": False}})
    assert not is_taken("pass", {"_evaluation": {"passed": 1}})


def test_compares_a_route_without_regard_to_case_and_blanks() -> None:
    assert is_taken(" Express ", {"_route": "express"})
    assert is_taken("express", {"_branch": {"route": " EXPRESS "}})
    assert not is_taken("express", {"route": "slow"})


def test_lets_the_first_route_that_is_not_blank_decide() -> None:
    assert is_taken("b", {"_route": " ", "_branch": {"route": "b"}, "route": "c"})
    assert not is_taken("c", {"_route": "b", "route": "c"})


def test_never_looks_into_arrays() -> None:
    assert not is_taken(True, {"_condition": [{"result": True}], "_evaluation": [True]})


def test_says_which_value_decided() -> None:
    edge = Edge(id=EdgeId("e"), source=NodeId("a"), target=NodeId("b"), condition="express")
    verdict = judge(edge, {"route": "slow"})
    assert (verdict.taken, verdict.decided_by, verdict.value) == (False, "route", "slow")
