"""Nodes of one wave work side by side, and nobody can tell from the record."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.nodes.node import Node, NodeContext, NodeFailed, NodeOutput
from domain.executions.limits import RunLimits
from domain.executions.retry import RetryDirective
from domain.values.json import JsonObject
from domain.workflows.graph import Graph
from tests.make import an_edge
from tests.unit.application.engine.players import a_type, breaking, with_types
from tests.unit.application.engine.stage import Record, Stage, drawn, node, when

STRICT = RunLimits(concurrent_nodes=1)


@dataclass
class Meeting:
    """Nobody leaves before so many are there."""

    expected: int
    present: int = 0
    most: int = 0
    full: asyncio.Event = field(default_factory=asyncio.Event)

    async def attend(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        self.present += 1
        self.most = max(self.most, self.present)
        if self.present >= self.expected:
            self.full.set()
        async with asyncio.timeout(5):
            await self.full.wait()
        self.present -= 1
        return NodeOutput.of({context.node_id: True})


def fan(kind: str, width: int) -> Graph:
    names = [f"n{at}" for at in range(width)]
    edges = (*(when("start", name) for name in names), *(when(name, "end") for name in names))
    return drawn(node("start", "manual-trigger"), *(node(name, kind) for name in names), node("end"), edges=edges)


async def test_works_on_the_independent_nodes_of_a_wave_together() -> None:
    meeting = Meeting(expected=5)
    stage = Stage(catalogue=with_types(a_type("meet", meeting.attend)))
    record = await stage.ran(fan("meet", 5))
    assert record.status == ("completed", None)
    assert [step["nodeId"] for step in record.whole["steps"]] == ["start", "n0", "n1", "n2", "n3", "n4", "end"]


async def test_keeps_to_the_number_that_may_work_at_once() -> None:
    meeting = Meeting(expected=2)
    stage = Stage(catalogue=with_types(a_type("meet", meeting.attend)), limits=RunLimits(concurrent_nodes=2))
    await stage.ran(fan("meet", 6))
    assert meeting.most == 2


async def test_takes_turns_where_that_is_switched_off_or_the_order_shows() -> None:
    for stage in (
        Stage(catalogue=with_types(a_type("meet", Meeting(expected=1).attend)), limits=STRICT),
        Stage(catalogue=with_types(a_type("meet", Meeting(expected=1).attend, independent=False))),
    ):
        assert (await stage.ran(fan("meet", 3))).status == ("completed", None)


async def test_takes_turns_at_nodes_whose_order_shows() -> None:
    together = Meeting(expected=1)
    stage = Stage(catalogue=with_types(a_type("meet", together.attend, independent=False)))
    await stage.ran(fan("meet", 4))
    assert together.most == 1


async def test_gives_up_what_is_at_work_when_a_node_before_it_fails() -> None:
    gone: list[str] = []

    async def endless(received: JsonObject, context: NodeContext) -> NodeOutput:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            gone.append(context.node_id)
            raise
        raise AssertionError

    stage = Stage(catalogue=with_types(a_type("endless", endless), a_type("breaking", breaking)))
    graph = drawn(node("bad", "breaking"), node("long", "endless"), edges=())
    async with asyncio.timeout(5):
        record = await stage.ran(graph)
    assert record.statuses == {"bad": "failed", "long": "skipped"}
    assert gone in (["long"], [])


async def test_ends_all_that_is_at_work_when_the_run_is_given_up() -> None:
    begun: list[str] = []
    gone: list[str] = []

    async def endless(received: JsonObject, context: NodeContext) -> NodeOutput:
        begun.append(context.node_id)
        try:
            return await asyncio.Event().wait()  # type: ignore[return-value]
        finally:
            gone.append(context.node_id)

    stage = Stage(catalogue=with_types(a_type("endless", endless)))
    stage.accept(fan("endless", 3))
    claim = await stage.claim()
    running = asyncio.create_task(stage.engine(claim))
    async with asyncio.timeout(5):
        while len(begun) < 3:
            await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert sorted(gone) == sorted(begun)


class Troupe:
    """p: passes on · m: makes a key of its own · f: fails · r: fails twice first · d: asks twice to be tried again."""

    def __init__(self) -> None:
        self.tries: dict[str, int] = {}

    async def act(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        name = context.node_id
        self.tries[name] = tries = self.tries.get(name, 0) + 1
        for _ in range(int(name[1:]) % 3):
            await asyncio.sleep(0)
        match name[0]:
            case "f":
                raise NodeFailed(f"{name} never works")
            case "r" if tries < 3:
                raise NodeFailed(f"{name} does not work yet")
            case "d" if tries < 3:
                return NodeOutput.adding(received, {}, retry=RetryDirective(reason=f"{name} again"))
            case "m":
                return NodeOutput.of({"made": name, name: len(received)})
        return NodeOutput.adding(received, {f"by {name}": True})


@st.composite
def troupes(draw: st.DrawFn) -> Graph:
    letters = draw(st.lists(st.sampled_from("ppmmrdfw"), min_size=1, max_size=9))
    names = [f"{letter}{at}" for at, letter in enumerate(letters)]
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8)) if pairs else []
    conditions = st.sampled_from([None, None, None, True, "error"])
    edges = tuple(an_edge(*pair, draw(conditions)) for pair in chosen)
    policy = {"retryPolicy": {"enabled": True, "maxAttempts": draw(st.integers(1, 5))}}
    configs: dict[str, Any] = {
        "w": {"memoryKey": "count", "operation": "increment", "outputKey": "count"},
        "p": {},
        "m": {},
        "f": {"onError": draw(st.sampled_from(["fail", "continue"]))},
        "r": policy,
        "d": policy,
    }
    kinds = {"w": "memory-write"}
    return drawn(*(node(name, kinds.get(name[0], "actor"), **configs[name[0]]) for name in names), edges=edges)


async def played(graph: Graph, limits: RunLimits) -> Record:
    kinds: tuple[type[Node], ...] = (a_type("actor", Troupe().act),)
    return await Stage(catalogue=with_types(*kinds), limits=limits).ran(graph, {"p": 1})


@settings(max_examples=150, deadline=None)
@given(troupes())
async def test_leaves_the_same_record_as_strict_sequence(graph: Graph) -> None:
    together, in_turn = await played(graph, RunLimits()), await played(graph, STRICT)
    assert without_ids(together) == without_ids(in_turn)


def without_ids(record: Record) -> Any:
    whole = record.whole
    steps = [{**step, "id": 0, "executionId": 0} for step in whole["steps"]]
    attempts = [{**each, "id": 0, "executionId": 0} for each in whole["stepAttempts"]]
    states = [(each["sequence"], each["reason"], each["nodeId"], each["state"]) for each in record.snapshots]
    return record.status, steps, attempts, states
