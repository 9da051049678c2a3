"""Whether a run survives the failure of a node is drawn in its graph."""

import pytest

from application.nodes.config_reader import ConfigReader
from application.nodes.node import Node
from domain.values.json import Json
from domain.workflows.graph import EdgeCondition, Graph
from tests.unit.application.engine.players import a_type, breaking, with_types
from tests.unit.application.engine.stage import Record, Stage, drawn, node, when


async def ran(graph: Graph) -> Record:
    return await Stage(catalogue=with_types(a_type("breaking", breaking))).ran(graph, {"p": 1})


def branching(condition: EdgeCondition, **config: Json) -> Graph:
    return drawn(
        node("bad", "breaking", **config),
        node("next"),
        node("rescue"),
        edges=(when("bad", "next"), when("bad", "rescue", condition)),
    )


@pytest.mark.parametrize("condition", ["error", " Error "])
async def test_takes_the_edge_for_errors_and_no_other(condition: str) -> None:
    record = await ran(branching(condition))
    assert record.statuses == {"bad": "failed", "next": "skipped", "rescue": "completed"}
    assert record.status == ("completed", None)
    assert record.step("rescue")["input"] == {
        "p": 1,
        "_error": {"nodeId": "bad", "nodeType": "breaking", "message": "it broke"},
    }


async def test_hands_on_what_a_node_received_that_could_not_even_be_tried() -> None:
    graph = drawn(
        node("first", "transformer", mappings={"made": "p"}),
        node("unfinished", "condition", onError="continue"),
        node("next"),
    )
    given = (await ran(graph)).step("next")["input"]
    assert (given["made"], given["_error"]["nodeId"]) == (1, "unfinished")


async def test_goes_on_along_edges_without_a_condition_when_told_to_continue() -> None:
    record = await ran(branching("pass", onError="continue"))
    assert record.statuses == {"bad": "failed", "next": "completed", "rescue": "skipped"}
    assert record.status == ("completed", None)


@pytest.mark.parametrize("choice", ["fail", "", None, True, "go on"])
async def test_fails_with_the_node_otherwise(choice: Json) -> None:
    record = await ran(branching("pass", onError=choice))
    assert record.statuses == {"bad": "failed", "next": "skipped", "rescue": "skipped"}
    assert record.status == ("failed", 'Node "bad" (breaking) failed: it broke')


async def test_does_not_take_the_edge_for_errors_when_all_is_well() -> None:
    graph = drawn(
        node("good"), node("rescue"), node("next"), edges=(when("good", "rescue", "error"), when("good", "next"))
    )
    assert (await ran(graph)).statuses == {"good": "completed", "rescue": "skipped", "next": "completed"}


async def test_says_in_the_context_that_the_run_goes_on() -> None:
    record = await ran(branching("error"))
    assert record.state["control"]["terminate"] is False
    assert record.state["memory"]["retry.outcome.bad"]["status"] == "failed_without_retry"


async def test_a_defect_before_the_first_attempt_fails_the_node_and_not_the_worker() -> None:
    class Unreadable(a_type("unreadable", breaking)):  # type: ignore[misc]
        @classmethod
        def configured(cls, fields: ConfigReader) -> Node:
            raise RecursionError("with something private in it")

    stage = Stage(catalogue=with_types(Unreadable))
    record = await stage.ran(drawn(node("odd", "unreadable"), node("next")))
    assert record.status == ("failed", 'Node "odd" (unreadable) failed: The node crashed unexpectedly: RecursionError')
    assert stage.log.lines[0][1] == "a node crashed"
