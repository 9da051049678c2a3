"""Runs as people start and stop them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domain.executions.errors import ExecutionNotFound, TransitionRefused
from domain.executions.execution import ExecutionStatus
from domain.executions.step import StepStatus
from domain.ids import ExecutionId
from domain.workflows.errors import WorkflowNotFound
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import a_scene
from tests.fakes.clock import NOON
from tests.make import a_snapshot, a_step, an_execution


async def test_gives_back_a_run_as_it_was_accepted(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept({"z": 1, "a": ["ß", None, 1.5]})
    found = await scene.stored(run)
    assert found == run
    assert list(found.payload) == ["z", "a"]


async def test_refuses_a_run_of_a_workflow_that_is_gone(store: Keeping) -> None:
    scene = await a_scene(store)
    async with store.begin() as work:
        await work.workflows.remove(scene.workflow)
        await work.commit()
    async with store.begin() as work:
        with pytest.raises(WorkflowNotFound):
            await work.executions.add(an_execution(scene.workflow))


async def test_hides_other_peoples_runs(store: Keeping) -> None:
    scene, other = await a_scene(store), await a_scene(store, "grace@example.com")
    run = await scene.accept()
    async with store.begin() as work:
        for execution_id in (run.id, ExecutionId(uuid4())):
            with pytest.raises(ExecutionNotFound):
                await work.executions.get(execution_id, other.owner.id)


async def test_finds_the_runs_of_a_workflow_that_are_not_over(store: Keeping) -> None:
    scene = await a_scene(store)
    waiting, running, stopped = [await scene.accept(at=NOON + timedelta(seconds=at)) for at in (1, 0, 2)]
    await scene.claim()
    await scene.stop(stopped)
    async with store.begin() as work:
        found = await work.executions.unfinished_of(scene.workflow.id)
    assert {each.id for each in found} == {waiting.id, running.id}


async def test_keeps_an_end_with_its_last_records(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    skipped = [a_step(at, node, status=StepStatus.SKIPPED, attempts=()) for at, node in enumerate("abc", 1)]
    async with store.begin() as work:
        stopped = (await work.executions.get(run.id, scene.owner.id)).stopped(at=NOON)
        await work.executions.end(stopped, skipped=skipped, snapshots=[a_snapshot()])
        await work.commit()
    async with store.begin() as work:
        assert await work.executions.recorded_nodes(run.id) == ["a", "b", "c"]
    assert await scene.stored(run) == stopped


async def test_never_changes_a_final_state(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    await scene.stop(run)
    async with store.begin() as work:
        with pytest.raises(TransitionRefused):
            await work.executions.end(run.failed("late", at=NOON), skipped=(), snapshots=())
    assert (await scene.stored(run)).status is ExecutionStatus.CANCELED


async def test_finds_runs_that_were_claimed_too_often_once_their_lease_is_over(store: Keeping) -> None:
    scene = await a_scene(store)
    runs = [await scene.accept(at=NOON + timedelta(seconds=at)) for at in range(3)]
    for _ in range(3):
        await scene.claim()
    await store.expire_leases()
    await scene.claim()
    await store.expire_leases()
    async with store.begin() as work:
        found = await work.executions.claimed_too_often(max_claims=2, limit=10)
        assert [each.id for each in found] == [runs[0].id]
        assert len(await work.executions.claimed_too_often(max_claims=1, limit=2)) == 2
    await scene.claim()
    async with store.begin() as work:
        assert [each.id for each in await work.executions.claimed_too_often(max_claims=2, limit=10)] == []
