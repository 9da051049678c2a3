"""One run from its claim to its end: what runs, with which input, and what is on record afterwards."""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.nodes.catalogue import CATALOGUE
from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.executions.errors import LeaseLost
from domain.executions.retry import RetryDirective
from domain.values.json import JsonObject
from domain.workflows.graph import Graph
from tests.make import an_edge
from tests.unit.application.engine.stage import Record, Stage, drawn, node, when


def failing(name: str = "bad") -> Any:
    return node(name, "memory-read", memoryKey="nothing", required=True)


async def ran(graph: Graph, payload: JsonObject | None = None) -> Record:
    return await Stage().ran(graph, payload)


async def test_hands_the_payload_and_each_output_on_along_the_edges() -> None:
    graph = drawn(
        node("start", "manual-trigger"), node("pick", "transformer", mappings={"total": "order.total"}), node("end")
    )
    record = await ran(graph, {"order": {"total": 7}})
    assert record.status == ("completed", None)
    assert record.step("pick")["input"] == {"order": {"total": 7}}
    assert record.output("pick") == {"total": 7}
    assert record.step("end")["input"] == {"order": {"total": 7}, "total": 7}


async def test_lets_the_later_edge_win_where_parents_say_the_same_key() -> None:
    one, two = (node(name, "transformer", mappings={"who": name}) for name in ("one", "two"))
    nodes = (one, two, node("end"))
    payload: JsonObject = {"one": 1, "two": 2, "who": 0}
    first = await ran(drawn(*nodes, edges=(when("one", "end"), when("two", "end"))), payload)
    second = await ran(drawn(*nodes, edges=(when("two", "end"), when("one", "end"))), payload)
    assert (first.step("end")["input"]["who"], second.step("end")["input"]["who"]) == (2, 1)


async def test_gives_a_node_what_its_direct_parents_made_and_nothing_from_further_up() -> None:
    graph = drawn(
        node("a", "transformer", mappings={"far": "x"}), node("b", "transformer", mappings={"near": "far"}), node("c")
    )
    assert (await ran(graph, {"x": 1})).step("c")["input"] == {"x": 1, "near": 1}


async def test_takes_one_branch_and_says_why_the_other_was_passed_over() -> None:
    graph = drawn(
        node("big", "condition", field="total", operator="greater_than", value="10"),
        node("yes", "log"),
        node("no", "storage", storageKey="small"),
        node("end"),
        edges=(when("big", "yes", True), when("big", "no", False), when("yes", "end"), when("no", "end")),
    )
    record = await ran(graph, {"total": 11})
    assert record.statuses == {"big": "completed", "yes": "completed", "no": "skipped", "end": "completed"}
    skipped = record.step("no")
    assert (skipped["input"], skipped["output"]) == ({}, None)
    assert skipped["error"] == "No parent branch satisfied edge conditions"


async def test_passes_over_everything_behind_a_branch_that_was_not_taken() -> None:
    edges = (when("if", "a", "elsewhere"), when("a", "b"), when("b", "c"))
    record = await ran(drawn(node("if", "condition", field="x"), node("a"), node("b"), node("c"), edges=edges))
    assert list(record.statuses.values()) == ["completed", "skipped", "skipped", "skipped"]
    assert record.status == ("completed", None)


async def test_does_not_let_a_flag_that_only_travelled_through_decide() -> None:
    graph = drawn(
        node("if", "condition", field="x", operator="exists"),
        node("keep", "memory-write", memoryKey="k"),
        node("end"),
        edges=(when("if", "keep", True), when("keep", "end", True)),
    )
    record = await ran(graph, {"x": 1, "result": True})
    assert record.statuses == {"if": "completed", "keep": "completed", "end": "skipped"}


async def test_does_not_look_at_the_config_of_a_node_that_is_not_reached() -> None:
    graph = drawn(
        node("if", "condition", field="x", operator="exists"),
        node("draft", "condition"),
        node("strange", "teleport"),
        edges=(when("if", "draft", True), when("if", "strange", True)),
    )
    record = await ran(graph)
    assert record.status == ("completed", None)
    assert record.statuses == {"if": "completed", "draft": "skipped", "strange": "skipped"}


async def test_fails_the_run_at_a_node_that_fails_and_skips_the_rest() -> None:
    record = await ran(drawn(node("a", "manual-trigger"), failing(), node("c")))
    assert record.statuses == {"a": "completed", "bad": "failed", "c": "skipped"}
    error = record.step("bad")["error"]
    assert record.status == ("failed", f'Node "bad" (memory-read) failed: {error}')
    assert record.step("c")["error"] == "Skipped due to previous node failure"
    assert record.step("bad")["output"] == {
        "_attempts": [{"attempt": 1, "status": "failed", "durationMs": 0, "reason": error}],
        "_attemptCount": 1,
        "_retryOutcome": {"status": "failed_without_retry", "attemptCount": 1, "error": error},
    }


async def test_fails_a_reached_node_with_every_fault_of_its_config_and_no_input() -> None:
    record = await ran(drawn(node("cron", "schedule-trigger", cron="* *", intervalMs="1000")))
    step = record.step("cron")
    assert step["error"].startswith('Node "cron" (schedule-trigger) validation failed: ')
    assert "; " in step["error"]
    assert (step["input"], step["output"]) == ({}, None)
    assert record.status == ("failed", f'Node "cron" (schedule-trigger) failed: {step["error"]}')
    assert record.whole["stepAttempts"] == []


async def test_names_the_available_types_when_it_meets_an_unknown_one() -> None:
    record = await ran(drawn(node("x", "teleport")))
    error = record.step("x")["error"]
    assert error.startswith('Unknown node type "teleport". Available types: manual-trigger')
    assert record.state["memory"]["retry.outcome.x"]["attemptCount"] == 0


async def test_refuses_a_graph_that_has_no_order() -> None:
    record = await ran(drawn(node("a"), node("b"), edges=(when("a", "b"), when("b", "a"))))
    assert record.status[0] == "failed"
    assert str(record.status[1]).startswith("Invalid workflow DAG: ")
    assert record.whole["steps"] == []
    assert [each["reason"] for each in record.snapshots] == ["init", "error"]
    assert [each["state"]["version"] for each in record.snapshots] == [1, 2]


async def test_takes_a_snapshot_at_the_start_after_each_node_and_at_the_end() -> None:
    graph = drawn(
        node("a", "manual-trigger"),
        node("b"),
        node("c"),
        edges=(when("a", "b"), when("a", "c", "nowhere")),
    )
    record = await ran(graph, {"p": 1})
    told = [(each["sequence"], each["reason"], each["nodeId"], each["nodeType"]) for each in record.snapshots]
    assert told == [
        (1, "init", None, None),
        (2, "step", "a", "manual-trigger"),
        (3, "step", "b", "output"),
        (4, "step", "c", "output"),
        (5, "final", "c", None),
    ]
    assert [each["state"]["version"] for each in record.snapshots] == [1, 6, 10, 12, 12]


async def test_remembers_waves_outcomes_and_where_it_is() -> None:
    record = await ran(drawn(node("a", "manual-trigger"), node("b")), {"p": 1})
    memory, runtime = record.state["memory"], record.state["runtime"]
    outcome = {"status": "no_retry", "attemptCount": 1, "updatedAt": "2026-01-01T12:00:00.000Z"}
    assert memory == {
        "triggerPayload": {"p": 1},
        "scheduler.currentWave": {"index": 2, "total": 2, "nodes": ["b"]},
        "retry.outcome.a": outcome,
        "retry.outcome.b": outcome,
        "retry.lastOutcome": {**outcome, "nodeId": "b"},
    }
    assert record.state["knowledge"]["scheduler.waves"] == [
        {"index": 1, "nodes": ["a"], "parallelCandidate": False},
        {"index": 2, "nodes": ["b"], "parallelCandidate": False},
    ]
    assert (runtime["activeNodeId"], runtime["lastCompletedNodeId"]) == (None, "b")


async def test_keeps_the_version_of_a_failed_run_countable() -> None:
    record = await ran(drawn(node("a", "manual-trigger"), failing(), node("c")))
    assert [each["reason"] for each in record.snapshots] == ["init", "step", "step", "step", "error"]
    assert [each["state"]["version"] for each in record.snapshots] == [1, 6, 11, 12, 12]
    assert record.state["control"]["terminate"] is True
    assert record.state["control"]["retryCount"] == 0


async def test_ends_well_when_control_terminates_and_skips_the_rest() -> None:
    graph = drawn(node("stop", "execution-control", action="terminate", reason="enough"), node("b"))
    record = await ran(graph)
    assert record.status == ("completed", None)
    assert record.step("b")["error"] == "Skipped due to execution termination request"
    told = record.state["memory"]["execution.outcome"]
    assert (told["status"], told["reason"]) == ("terminated_by_control", "enough")


async def test_fails_when_control_counts_past_a_limit() -> None:
    graph = drawn(node("many", "execution-control", action="increment-loop", value="21"), node("b"))
    record = await ran(graph)
    assert record.status == ("failed", "Execution loop limit exceeded (21/20)")
    assert record.step("many")["status"] == "completed"
    assert record.step("b")["error"] == "Skipped due to execution control limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverContent:
    """Always asks to be tried again."""

    type: ClassVar[str] = "never-content"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = True

    @classmethod
    def configured(cls, fields: ConfigReader) -> "NeverContent":
        return cls()

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        return NodeOutput.adding(received, {}, retry=RetryDirective(reason="could be better"))


async def test_records_every_attempt_of_a_node_that_was_tried_again() -> None:
    policy = {"enabled": True, "maxAttempts": 3, "failOnMaxAttempts": False}
    graph = drawn(node("artist", "never-content", retryPolicy=policy))
    record = await Stage(catalogue={NeverContent.type: NeverContent}).ran(graph)
    told = [(each["attempt"], each["status"]) for each in record.whole["stepAttempts"]]
    assert told == [(3, "completed"), (2, "retry"), (1, "retry")]
    assert record.step("artist")["output"]["_attemptCount"] == 3
    assert (record.state["control"]["retryCount"], record.state["control"]["loopCount"]) == (2, 2)


async def test_says_of_a_node_that_wants_retrieval_that_there_is_none() -> None:
    record = await ran(drawn(node("ask", "log", retrieval={"query": "x"})))
    assert record.status[0] == "failed"
    assert (await ran(drawn(node("ask", "log", retrieval={"enabled": False})))).status[0] == "completed"


async def test_drops_bookkeeping_keys_that_a_node_made_up() -> None:
    graph = drawn(node("fake", "transformer", mappings={"_attempts": "x", "y": "x"}), node("end"))
    record = await ran(graph, {"x": 1})
    assert record.step("end")["input"] == {"x": 1, "y": 1}


async def test_writes_nothing_about_a_run_that_was_stopped_meanwhile() -> None:
    stage = Stage()
    run = stage.accept(drawn(node("a"), node("b")))
    claim = await stage.claim()
    stage.store.rows.executions[run.id] = stage.store.rows.executions[run.id].stopped(at=stage.clock.now())
    with pytest.raises(LeaseLost):
        await stage.engine(claim)
    assert (await stage.record_of(run)).statuses == {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplugged:
    """Counts how often it runs, and at its nth run ever the worker vanishes."""

    type: ClassVar[str] = "unplugged"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = False
    runs: ClassVar[list[str]] = []
    vanishes_at: ClassVar[set[int]] = set()

    @classmethod
    def configured(cls, fields: ConfigReader) -> "Unplugged":
        return cls()

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        self.runs.append(context.node_id)
        if len(self.runs) in self.vanishes_at:
            raise asyncio.CancelledError
        return NodeOutput.adding(received, {f"ran {context.node_id}": len(received)})


@st.composite
def acyclic(draw: st.DrawFn) -> Graph:
    names = "abcdef"[: draw(st.integers(1, 6))]
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=10)) if pairs else []
    kinds = {name: draw(st.sampled_from(["unplugged", "memory-write", "condition"])) for name in names}
    configs: dict[str, Any] = {
        "unplugged": {},
        "memory-write": {"memoryKey": "n", "operation": "increment"},
        "condition": {"field": "ran a", "operator": "exists"},
    }
    conditions = st.sampled_from([None, True, False])
    edges = tuple(an_edge(*pair, draw(conditions)) for pair in chosen)
    return drawn(*(node(name, kinds[name], **configs[kinds[name]]) for name in names), edges=edges)


@settings(max_examples=80, deadline=None)
@given(acyclic(), st.sets(st.integers(1, 8), max_size=3))
async def test_leaves_the_same_record_whether_or_not_workers_vanish_on_the_way(
    graph: Graph, vanishes_at: set[int]
) -> None:
    catalogue = {**CATALOGUE, Unplugged.type: Unplugged}
    Unplugged.runs.clear()
    Unplugged.vanishes_at.clear()
    undisturbed = await Stage(catalogue=catalogue).ran(graph, {"p": 1})

    Unplugged.runs.clear()
    Unplugged.vanishes_at.update(vanishes_at)
    stage = Stage(catalogue=catalogue)
    run = stage.accept(graph, {"p": 1})
    while stage.store.rows.executions[run.id].finished_at is None:
        try:
            await stage.engine(await stage.claim())
        except asyncio.CancelledError:
            stage.store.rows.executions[run.id] = stage.store.rows.executions[run.id].handed_back()
    disturbed = await stage.record_of(run)

    assert without_ids(disturbed) == without_ids(undisturbed)
    lost = len(vanishes_at & set(range(1, len(Unplugged.runs) + 1)))
    assert len(Unplugged.runs) == len(set(Unplugged.runs)) + lost


def without_ids(record: Record) -> Any:
    """What must not depend on when a run was interrupted."""
    steps = [{**step, "id": 0, "executionId": 0} for step in record.whole["steps"]]
    states = [(each["sequence"], each["reason"], each["nodeId"], each["state"]) for each in record.snapshots]
    return record.status, steps, [{**each, "id": 0, "executionId": 0} for each in record.whole["stepAttempts"]], states
