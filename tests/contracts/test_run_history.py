"""Everything on record about one run, of documents only what explains it."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from application.ports.run_journal import Ending
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.errors import ExecutionNotFound
from domain.executions.evidence import MOST_BYTES, MOST_INNER_BYTES, MOST_KEYS, MOST_MATCHES, MOST_PAYLOAD_CHARACTERS
from domain.executions.execution import ExecutionStatus, TriggerSource
from domain.executions.history import RunRecords, visits_of
from domain.executions.snapshot import SnapshotReason
from domain.executions.step import StepStatus
from domain.ids import CorpusId, EdgeId, ExecutionId, NodeId
from domain.knowledge.scope import Scope, ScopeType
from domain.values.json import Json, JsonObject
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import a_scene
from tests.fakes.clock import NOON
from tests.make import a_context, a_graph, a_node, a_retrieval, a_snapshot, a_step

FIRST = Attempt(number=1, status=AttemptStatus.COMPLETED, duration_ms=1)
AGAIN = replace(FIRST, status=AttemptStatus.RETRY, reason="rejected")
SECOND = Attempt(number=2, status=AttemptStatus.COMPLETED, duration_ms=2)


async def after_one_step(store: Keeping, **parts: Any) -> RunRecords:
    scene = await a_scene(store, f"{uuid4()}@example.com")
    run = await scene.accept()
    claim = await scene.claim()
    await store.journal.record(claim, a_step(**parts), checkpoint=a_context(), snapshots=[a_snapshot()])
    return await store.history.of(run.id, scene.owner.id)


async def test_tells_a_run_from_its_acceptance_to_its_end(store: Keeping) -> None:
    nodes = {"a": a_node("a", "http-request", {"onError": "continue", "url": "https://example.com"})}
    scene = await a_scene(store, graph=a_graph("a>b", nodes=nodes))
    run = await scene.accept({"z": [1, "é"], "a": None})
    pending = await store.history.of(run.id, scene.owner.id)
    assert (pending.id, pending.workflow_id, pending.workflow_name) == (run.id, scene.workflow.id, "A workflow")
    assert (pending.workflow_version, pending.current_version, pending.trigger) == (1, 1, TriggerSource.MANUAL)
    assert (pending.payload, pending.status, pending.claims) == ('{"z":[1,"é"],"a":null}', ExecutionStatus.PENDING, 0)
    assert (pending.created_at, pending.started_at, pending.is_held) == (NOON, None, False)
    assert (pending.steps, pending.superseded, pending.emitted) == ([], [], {})
    assert (pending.control, pending.retrieval) == (None, None)
    assert pending.graph.edges == run.graph.edges
    assert pending.graph.nodes == (replace(run.graph.nodes[0], config={"onError": "continue"}), run.graph.nodes[1])
    claim = await scene.claim()
    held = await store.history.of(run.id, scene.owner.id)
    assert (held.is_held, held.claims, held.started_at is None) == (True, 1, False)
    await store.expire_leases()
    assert not (await store.history.of(run.id, scene.owner.id)).is_held
    ending = Ending(status=ExecutionStatus.FAILED, error="because", at=NOON)
    await store.journal.finish(claim, ending, skipped=[], snapshots=[a_snapshot()])
    ended = await store.history.of(run.id, scene.owner.id)
    assert (ended.status, ended.finished_at, ended.error) == (ExecutionStatus.FAILED, NOON, "because")
    assert ended.control is not None
    assert ended.retrieval is not None
    assert (ended.control["maxRetries"], ended.retrieval["maxRequests"]) == (3, 64)


async def test_keeps_rounds_apart_with_the_attempts_and_lookups_of_each(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    claim = await scene.claim()
    scoped = Scope(type=ScopeType.WORKFLOW, corpus_id=CorpusId(uuid4()), workflow_id=scene.workflow.id)
    early, late = a_retrieval(query="early", scope=scoped), a_retrieval(query="late", selected=None)
    first = a_step(1, "a", attempts=(FIRST,), retrievals=(early,), output={"route": "x"}, produced_keys=None)
    emitted = [
        replace(a_snapshot(at), node_id=NodeId(name) if name else None, reason=reason)
        for at, (name, reason) in enumerate(
            [
                (None, SnapshotReason.INIT),
                ("a", SnapshotReason.STEP),
                ("b", SnapshotReason.STEP),
                ("a", SnapshotReason.STEP),
            ]
        )
    ]
    await store.journal.record(claim, first, checkpoint=a_context(), snapshots=emitted[:2])
    judging = a_step(2, "b", attempts=(AGAIN,))
    superseded = [replace(first, attempts=(AGAIN,)), judging]
    await store.journal.rewind(claim, superseded, checkpoint=a_context(), snapshots=emitted[2:3])
    second = a_step(1, "a", round=2, attempts=(AGAIN, SECOND), retrievals=(late,), taken_edges=(EdgeId("e"),))
    await store.journal.record(claim, second, checkpoint=a_context(), snapshots=emitted[3:])
    records = await store.history.of(run.id, scene.owner.id)
    visits = visits_of(records)
    assert [(each.node_id, each.round, each.is_superseded) for each in visits] == [
        ("a", 1, True),
        ("b", 1, True),
        ("a", 2, False),
    ]
    assert [each.step.attempts for each in visits] == [(AGAIN,), (AGAIN,), (SECOND,)]
    assert [each.step.retrievals for each in visits] == [(early,), (), (late,)]
    assert [each.step.taken_edges for each in visits] == [("a>b",), ("a>b",), ("e",)]
    assert {key: list(each) for key, each in records.emitted.items()} == {"a": [1, 3], "b": [2]}
    assert visits[0].step.output == {"route": "x"}


async def test_takes_of_an_output_only_what_the_node_made_and_what_explains(store: Keeping) -> None:
    output: JsonObject = {"content": "long", "route": "x", "_condition": {"result": True}, "_evaluation": {"passed": 1}}
    records = await after_one_step(store, output=output, produced_keys=("content", "_condition"))
    assert records.steps[0].output == {"_condition": {"result": True}}
    assert records.steps[0].input == {}


async def test_takes_everything_that_explains_where_the_node_made_all_of_it(store: Keeping) -> None:
    records = await after_one_step(store, output={"usage": {"totalTokens": 3}, "text": "t"}, produced_keys=None)
    assert records.steps[0].output == {"usage": {"totalTokens": 3}}


async def test_a_failed_step_has_no_output(store: Keeping) -> None:
    records = await after_one_step(store, output=None, status=StepStatus.FAILED, error="why")
    assert (records.steps[0].output, records.steps[0].error) == ({}, "why")


async def test_leaves_out_what_is_large_and_says_how_large_it_is(store: Keeping) -> None:
    inner: JsonObject = {"result": True, "actual": "x" * MOST_BYTES}
    output: JsonObject = {"_condition": inner, "route": "x" * MOST_BYTES, "_branch": {"small": "x" * MOST_INNER_BYTES}}
    records = await after_one_step(store, output=output, produced_keys=None)
    omitted = {"_omitted": True, "bytes": MOST_BYTES + 2}
    assert records.steps[0].output == {
        "_condition": {"result": True, "actual": omitted},
        "route": omitted,
        "_branch": {"small": "x" * MOST_INNER_BYTES},
    }
    many: JsonObject = {f"k{at}": "x" * 2_000 for at in range(MOST_KEYS + 5)}
    wide = await after_one_step(store, output={"_evaluation": many}, produced_keys=None)
    assert wide.steps[0].output == {"_evaluation": {f"k{at}": "x" * 2_000 for at in range(MOST_KEYS)}}


async def test_tells_what_was_found_without_its_contents(store: Keeping) -> None:
    found: list[Json] = [
        {"chunkId": f"c{at}", "documentId": "d", "title": "T", "score": 0.5, "content": "x" * 5_000} for at in range(60)
    ]
    given: JsonObject = {"_knowledge": {"query": "q", "matches": [*found[:59], "no match"]}, "_retry": {"attempt": 2}}
    records = await after_one_step(store, input={**given, "more": 1})
    shown = [{"chunkId": f"c{at}", "documentId": "d", "title": "T", "score": 0.5} for at in range(MOST_MATCHES)]
    assert records.steps[0].input == {
        "_knowledge": {"query": "q", "matches": shown, "found": 60},
        "_retry": {"attempt": 2},
    }


@pytest.mark.parametrize("forged", [{"matches": "text"}, {"matches": [1, None, []]}, {}, {"query": [1]}])
async def test_what_only_looks_like_knowledge_does_no_harm(store: Keeping, forged: JsonObject) -> None:
    records = await after_one_step(store, input={"_knowledge": forged})
    [knowledge] = [records.steps[0].input["_knowledge"]]
    matches: list[JsonObject] = [{}] * 3 if isinstance(forged.get("matches"), list) else []
    assert knowledge == {"query": forged.get("query"), "matches": matches, "found": len(matches)}


async def test_what_is_no_object_is_not_taken_for_knowledge(store: Keeping) -> None:
    assert (await after_one_step(store, input={"_knowledge": "text"})).steps[0].input == {}


async def test_cuts_the_payload(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept({"text": "x" * 5_000})
    records = await store.history.of(run.id, scene.owner.id)
    assert records.payload == '{"text":"' + "x" * (MOST_PAYLOAD_CHARACTERS - 9)


async def test_hides_other_peoples_runs(store: Keeping) -> None:
    scene, other = await a_scene(store), await a_scene(store, "grace@example.com")
    run = await scene.accept()
    for execution_id in (run.id, ExecutionId(uuid4())):
        with pytest.raises(ExecutionNotFound):
            await store.history.of(execution_id, other.owner.id)
