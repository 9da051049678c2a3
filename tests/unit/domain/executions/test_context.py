"""The context of a run: patched by sections, and the same after a round trip through its record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.executions.context import (
    Context,
    ContextPatch,
    Control,
    RetrievalBudget,
    context_as_json,
    context_from_json,
)
from domain.ids import NodeId
from domain.values.json import JsonObject

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)


def opening(payload: JsonObject | None = None) -> Context:
    return Context.opening(payload or {}, RetrievalBudget(), at=NOON)


def test_opens_with_the_payload_in_memory_and_the_defaults_elsewhere() -> None:
    assert context_as_json(opening({"a": 1})) == {
        "version": 1,
        "memory": {"triggerPayload": {"a": 1}},
        "knowledge": {},
        "control": {"loopCount": 0, "retryCount": 0, "maxLoops": 20, "maxRetries": 3, "terminate": False},
        "retrieval": {
            "totalRequests": 0,
            "totalSuccesses": 0,
            "totalEmpties": 0,
            "totalFailures": 0,
            "totalDurationMs": 0,
            "maxRequests": 64,
            "maxFailures": 32,
            "maxDurationMs": 120_000,
        },
        "runtime": {
            "startedAt": "2026-01-01T12:00:00.000Z",
            "updatedAt": "2026-01-01T12:00:00.000Z",
            "activeNodeId": None,
            "lastCompletedNodeId": None,
        },
    }


def test_merges_a_patch_key_by_key_and_moves_on() -> None:
    patched = opening({"a": 1}).patched(ContextPatch(memory={"x": 2}, knowledge={"y": 3}), at=LATER)
    assert patched.memory == {"triggerPayload": {"a": 1}, "x": 2}
    assert patched.knowledge == {"y": 3}
    assert (patched.version, patched.runtime.updated_at, patched.runtime.started_at) == (2, LATER, NOON)


def test_leaves_the_context_before_a_patch_as_it_was() -> None:
    before = opening()
    before.patched(ContextPatch(memory={"x": 1}), at=LATER)
    assert "x" not in before.memory


def test_counts_a_version_for_every_change() -> None:
    context = opening().working_on(NodeId("n"), at=LATER).halted(at=LATER).done_with(NodeId("n"), at=LATER)
    assert context.version == 4
    assert (context.runtime.active_node_id, context.runtime.last_completed_node_id) == (None, "n")


def test_says_which_limit_is_broken_only_past_it() -> None:
    assert Control(retry_count=3).exceeded() is None
    assert Control(retry_count=4).exceeded() == "Execution retry limit exceeded (4/3)"
    assert Control(loop_count=21).exceeded() == "Execution loop limit exceeded (21/20)"


@given(st.dictionaries(st.text(), st.integers() | st.text()), st.integers(0, 99), st.booleans(), st.none() | st.text())
def test_comes_back_from_its_record_as_it_was(
    memory: JsonObject, count: int, terminate: bool, node_id: str | None
) -> None:
    context = opening().patched(
        ContextPatch(
            memory=memory,
            control=Control(loop_count=count, terminate=terminate),
            retrieval=RetrievalBudget(total_requests=count),
        ),
        at=LATER,
    )
    last = None if node_id is None else NodeId(node_id)
    context = replace(context, runtime=replace(context.runtime, last_completed_node_id=last))
    assert context_from_json(context_as_json(context)) == context
