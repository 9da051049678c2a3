"""Runs as the wire shows them."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from application.ports.read_models import Paging
from application.ports.run_journal import Ending
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.context import context_as_json
from domain.executions.errors import ExecutionNotFound
from domain.executions.execution import ExecutionStatus
from domain.executions.step import StepStatus
from domain.ids import ExecutionId, WorkflowId
from domain.workflows.errors import WorkflowNotFound
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import a_scene
from tests.fakes.clock import NOON
from tests.make import a_context, a_snapshot, a_step

MOMENT = "2026-01-01T12:00:00.000Z"


async def test_shows_everything_about_a_run_in_execution_order(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept({"z": 1, "a": 2})
    claim = await scene.claim()
    tried = (
        Attempt(number=1, status=AttemptStatus.RETRY, duration_ms=1, reason="again"),
        Attempt(number=2, status=AttemptStatus.COMPLETED, duration_ms=2),
    )
    step = a_step(1, "a", input={"z": 1, "a": 2}, output={"y": None}, attempts=tried)
    await store.journal.record(claim, step, checkpoint=a_context(), snapshots=[a_snapshot(1), a_snapshot(2)])
    skipped = a_step(2, "b", status=StepStatus.SKIPPED, input={}, output=None, error="why", attempts=())
    ending = Ending(status=ExecutionStatus.FAILED, error="because", at=NOON)
    await store.journal.finish(claim, ending, skipped=[skipped], snapshots=[a_snapshot(3)])

    shown = msgspec.json.decode(await store.executions.detail(run.id, scene.owner.id))
    ids = [each.pop("id") for key in ("steps", "stepAttempts", "contextSnapshots") for each in shown[key]]
    assert len(set(ids)) == 7
    assert shown.pop("startedAt").endswith("Z")
    base = {"executionId": str(run.id), "nodeType": "output", "createdAt": MOMENT}
    assert shown == {
        "id": str(run.id),
        "workflowId": str(scene.workflow.id),
        "status": "failed",
        "triggerPayload": {"z": 1, "a": 2},
        "finishedAt": MOMENT,
        "errorMessage": "because",
        "createdAt": MOMENT,
        "steps": [
            {
                **base,
                "nodeId": "a",
                "status": "completed",
                "input": {"z": 1, "a": 2},
                "output": {"y": None},
                "durationMs": 3,
                "error": None,
            },
            {**base, "nodeId": "b", "status": "skipped", "input": {}, "output": None, "durationMs": 3, "error": "why"},
        ],
        "stepAttempts": [
            {**base, "nodeId": "a", "attempt": 2, "status": "completed", "durationMs": 2, "reason": None},
            {**base, "nodeId": "a", "attempt": 1, "status": "retry", "durationMs": 1, "reason": "again"},
        ],
        "retrievalEvents": [],
        "contextSnapshots": [
            {
                "executionId": str(run.id),
                "sequence": sequence,
                "reason": "step",
                "nodeId": None,
                "nodeType": None,
                "state": context_as_json(a_context()),
                "createdAt": MOMENT,
            }
            for sequence in (3, 2, 1)
        ],
        "stepAttemptsMeta": {"total": 2, "page": 1, "limit": 50, "totalPages": 1, "truncated": False},
        "retrievalEventsMeta": {"total": 0, "page": 1, "limit": 50, "totalPages": 1, "truncated": False},
        "contextSnapshotsMeta": {"total": 3, "page": 1, "limit": 20, "totalPages": 1, "truncated": False},
    }
    assert list(shown["triggerPayload"]) == ["z", "a"]


async def test_shows_only_the_newest_attempts_and_snapshots_and_says_so(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    claim = await scene.claim()
    many = tuple(Attempt(number=at, status=AttemptStatus.COMPLETED, duration_ms=at) for at in range(1, 61))
    snapshots = [a_snapshot(at) for at in range(1, 46)]
    await store.journal.record(claim, a_step(attempts=many), checkpoint=a_context(), snapshots=snapshots)
    shown = msgspec.json.decode(await store.executions.detail(run.id, scene.owner.id))
    assert [each["attempt"] for each in shown["stepAttempts"]] == list(range(60, 10, -1))
    assert [each["sequence"] for each in shown["contextSnapshots"]] == list(range(45, 25, -1))
    attempts, states = shown["stepAttemptsMeta"], shown["contextSnapshotsMeta"]
    assert attempts == {"total": 60, "page": 1, "limit": 50, "totalPages": 2, "truncated": True}
    assert states == {"total": 45, "page": 1, "limit": 20, "totalPages": 3, "truncated": True}


async def test_hides_other_peoples_runs(store: Keeping) -> None:
    scene, other = await a_scene(store), await a_scene(store, "grace@example.com")
    run = await scene.accept()
    for execution_id in (run.id, ExecutionId(uuid4())):
        with pytest.raises(ExecutionNotFound):
            await store.executions.detail(execution_id, other.owner.id)
        with pytest.raises(ExecutionNotFound):
            await store.executions.status(execution_id, other.owner.id)
    for workflow_id in (scene.workflow.id, WorkflowId(uuid4())):
        with pytest.raises(WorkflowNotFound):
            await store.executions.of_workflow(workflow_id, other.owner.id, Paging(page=1, limit=20))
    assert (await store.executions.active(other.owner.id, Paging(page=1, limit=20))).total == 0


async def test_lists_the_runs_of_a_workflow_newest_first_in_a_stable_order(store: Keeping) -> None:
    scene = await a_scene(store)
    runs = [await scene.accept({"at": at}, at=NOON + timedelta(seconds=at // 3)) for at in range(7)]
    expected = sorted(runs, key=lambda each: (each.created_at, each.id), reverse=True)
    listed = []
    for number in range(1, 6):
        page = await store.executions.of_workflow(scene.workflow.id, scene.owner.id, Paging(page=number, limit=2))
        assert page.total == 7
        listed += msgspec.json.decode(page.items)
    assert [each["id"] for each in listed] == [str(each.id) for each in expected]
    assert listed[0] == {
        "id": str(expected[0].id),
        "workflowId": str(scene.workflow.id),
        "status": "pending",
        "triggerPayload": expected[0].payload,
        "startedAt": None,
        "finishedAt": None,
        "errorMessage": None,
        "createdAt": "2026-01-01T12:00:02.000Z",
    }


async def test_lists_what_is_not_over_with_the_name_of_its_workflow(store: Keeping) -> None:
    scene = await a_scene(store)
    running = await scene.accept()
    await scene.claim()
    stopped = await scene.accept(at=NOON + timedelta(seconds=1))
    await scene.stop(stopped)
    waiting = await scene.accept(at=NOON + timedelta(seconds=2))
    page = await store.executions.active(scene.owner.id, Paging(page=1, limit=20))
    listed = msgspec.json.decode(page.items)
    assert page.total == 2
    assert [each["executionId"] for each in listed] == [str(waiting.id), str(running.id)]
    assert listed[1].pop("startedAt").endswith("Z")
    assert listed[1] == {
        "workflowId": str(scene.workflow.id),
        "workflowName": "A workflow",
        "workflowStatus": "inactive",
        "executionId": str(running.id),
        "executionStatus": "running",
        "createdAt": MOMENT,
    }


async def test_tells_the_little_that_following_a_run_needs(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    state = await store.executions.status(run.id, scene.owner.id)
    assert (state.status, state.finished_at, state.error_message) == ("pending", None, None)
    await scene.stop(run)
    state = await store.executions.status(run.id, scene.owner.id)
    assert (state.status, state.finished_at, state.error_message) == ("canceled", NOON, "Stopped by user")
