"""What a run may take: time, and room."""

import asyncio
from datetime import timedelta

from application.nodes.node import NodeContext, NodeOutput
from domain.executions.limits import RunLimits
from domain.values.json import JsonObject
from tests.unit.application.engine.players import a_type, with_types
from tests.unit.application.engine.stage import Stage, drawn, node


async def endless(received: JsonObject, context: NodeContext) -> NodeOutput:
    await asyncio.Event().wait()
    raise AssertionError


async def failing_late(received: JsonObject, context: NodeContext) -> NodeOutput:
    raise TimeoutError("its own")


def stage_with(limits: RunLimits) -> Stage:
    return Stage(catalogue=with_types(a_type("endless", endless), a_type("late", failing_late)), limits=limits)


async def test_ends_a_node_that_does_not_end() -> None:
    record = await stage_with(RunLimits(node_seconds=0.02)).ran(drawn(node("long", "endless"), node("end")))
    assert record.step("long")["error"] == "It did not end within 0.02 s, the longest that a node may take"
    assert record.statuses == {"long": "failed", "end": "skipped"}


async def test_tries_a_node_that_took_too_long_again_where_its_policy_says_so() -> None:
    policy = {"enabled": True, "maxAttempts": 2}
    graph = drawn(node("long", "endless", retryPolicy=policy))
    record = await stage_with(RunLimits(node_seconds=0.01)).ran(graph)
    assert record.step("long")["output"]["_attemptCount"] == 2


async def test_ends_a_run_that_does_not_end_whatever_a_retry_policy_says() -> None:
    policy = {"enabled": True, "maxAttempts": 3}
    stage = stage_with(RunLimits(run_seconds=10))
    run = stage.accept(drawn(node("first", "endless", retryPolicy=policy), node("end")))
    claim = await stage.claim()
    stage.clock.advance(timedelta(seconds=10))
    await stage.engine(claim)
    record = await stage.record_of(run)
    assert record.step("first")["error"] == "The run has taken 10 s, the longest that a run may take"
    assert record.step("first")["output"]["_attemptCount"] == 1
    assert record.status[0] == "failed"


async def test_ends_a_run_that_does_not_end_although_its_graph_provides_for_failures() -> None:
    stage = stage_with(RunLimits(run_seconds=10))
    run = stage.accept(drawn(*(node(name, "endless", onError="continue") for name in ("a", "b", "c"))))
    claim = await stage.claim()
    stage.clock.advance(timedelta(seconds=10))
    await stage.engine(claim)
    record = await stage.record_of(run)
    assert record.status == ("failed", "The run has taken 10 s, the longest that a run may take")
    assert record.statuses == {"a": "failed", "b": "skipped", "c": "skipped"}
    assert record.step("b")["error"] == "Skipped due to execution control limits"


async def test_does_not_mistake_a_nodes_own_timeout_for_its_limit() -> None:
    record = await stage_with(RunLimits()).ran(drawn(node("slow", "late")))
    assert record.step("slow")["error"] == "The node crashed unexpectedly: TimeoutError"


async def test_fails_a_node_that_hands_on_too_much_and_keeps_none_of_it() -> None:
    graph = drawn(node("wide", "transformer", mappings={"a": "text", "b": "text"}))
    record = await Stage(limits=RunLimits(step_bytes=1500)).ran(graph, {"text": "x" * 1000})
    assert record.step("wide")["error"] == "Its output is larger than 1500 bytes of JSON, the most that a step may"
    assert record.status == ("failed", f'Node "wide" (transformer) failed: {record.step("wide")["error"]}')
    assert "a" not in record.step("wide")["output"]


async def test_fails_a_node_whose_template_asks_for_more_than_fits_anywhere() -> None:
    graph = drawn(node("many", "memory-write", memoryKey="key", valueTemplate="{{text}}" * 10_000))
    record = await Stage().ran(graph, {"text": "x" * 100_000})
    assert record.step("many")["error"] == "What a template inserts is longer than 16777216 characters"


async def test_fails_a_node_that_hands_on_what_is_nested_too_deep() -> None:
    graph = drawn(*(node(f"n{at}", "storage", storageKey="s") for at in range(300)))
    record = await Stage().ran(graph, {"text": "x"})
    assert record.statuses["n253"] == "completed"
    failed = [(step["nodeId"], step["error"]) for step in record.whole["steps"] if step["status"] == "failed"]
    assert failed == [("n255", "Its output is nested more than 256 deep, the most that a step may")]
    assert record.status[0] == "failed"


async def test_fails_a_node_that_receives_too_much_and_keeps_none_of_it() -> None:
    record = await Stage(limits=RunLimits(step_bytes=1500)).ran(drawn(node("end")), {"text": "x" * 1600})
    assert record.step("end")["error"].startswith("What it receives is larger than 1500 bytes")
    assert record.step("end")["input"] == {}


async def test_fails_a_node_that_makes_the_run_remember_too_much() -> None:
    graph = drawn(
        node("one", "memory-write", memoryKey="one", valuePath="text"),
        node("two", "memory-write", memoryKey="two", valuePath="text"),
    )
    record = await Stage(limits=RunLimits(context_bytes=3000)).ran(graph, {"text": "x" * 1000})
    assert record.statuses == {"one": "completed", "two": "failed"}
    assert record.step("two")["error"].startswith("The run would remember more than 3000 bytes")
    assert "two" not in record.state["memory"]


async def test_leaves_the_largest_out_of_snapshots_and_the_run_as_it_is() -> None:
    graph = drawn(
        node("keep", "memory-write", memoryKey="small", valuePath="short"),
        node("read", "memory-read", memoryKey="triggerPayload", outputKey="again"),
    )
    payload: JsonObject = {"text": "x" * 5000, "short": "y"}
    record = await Stage(limits=RunLimits(snapshot_bytes=3000)).ran(graph, payload)
    memory = record.state["memory"]
    assert memory["triggerPayload"]["_omitted"] is True
    assert memory["triggerPayload"]["bytes"] > 5000
    assert memory["small"] == "y"
    assert record.output("read")["again"] == payload
