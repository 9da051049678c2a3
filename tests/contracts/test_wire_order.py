"""Records name their fields in the order in which the wire's description lists them."""

import msgspec

from application.ports.read_models import Paging
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import a_scene
from tests.make import a_context, a_snapshot, a_step

WORKFLOW = (
    "id userId name description status nodes edges version sourceTemplateId sourceTemplateVersion sourceTemplateParams"
    " createdAt updatedAt"
)
EXECUTION = "id workflowId status triggerPayload startedAt finishedAt errorMessage createdAt"
DETAIL = (
    f"{EXECUTION} steps stepAttempts retrievalEvents contextSnapshots"
    " stepAttemptsMeta retrievalEventsMeta contextSnapshotsMeta"
)
ACTIVE = "workflowId workflowName workflowStatus executionId executionStatus startedAt createdAt"
STEP = "id executionId nodeId nodeType status input output durationMs error createdAt"
ATTEMPT = "id executionId nodeId nodeType attempt status durationMs reason createdAt"
SNAPSHOT = "id executionId sequence reason nodeId nodeType state createdAt"
META = "total page limit totalPages truncated"
PAGE = Paging(page=1, limit=1)


def fields(record: object) -> str:
    assert isinstance(record, dict)
    return " ".join(record)


async def test_lists_the_fields_of_workflows_in_order(store: Keeping) -> None:
    scene = await a_scene(store)
    one = msgspec.json.decode((await store.workflows.one(scene.workflow.id, scene.owner.id)).record)
    [listed] = msgspec.json.decode((await store.workflows.mine(scene.owner.id, PAGE)).items)
    assert one == listed
    assert fields(one) == fields(listed) == WORKFLOW
    assert fields(one["nodes"][0]) == "id type label position config"
    assert fields(one["edges"][0]) == "id source target"


async def test_lists_the_fields_of_runs_in_order(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    claim = await scene.claim()
    await store.journal.record(claim, a_step(), checkpoint=a_context(), snapshots=[a_snapshot()])
    detail = msgspec.json.decode(await store.executions.detail(run.id, scene.owner.id))
    [listed] = msgspec.json.decode((await store.executions.of_workflow(scene.workflow.id, scene.owner.id, PAGE)).items)
    [active] = msgspec.json.decode((await store.executions.active(scene.owner.id, PAGE)).items)
    assert (fields(detail), fields(listed), fields(active)) == (DETAIL, EXECUTION, ACTIVE)
    assert fields(detail["steps"][0]) == STEP
    assert fields(detail["stepAttempts"][0]) == ATTEMPT
    assert fields(detail["contextSnapshots"][0]) == SNAPSHOT
    assert {fields(detail[f"{name}Meta"]) for name in ("stepAttempts", "retrievalEvents", "contextSnapshots")} == {META}
