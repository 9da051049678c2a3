"""What was over long ago is removed with all that belongs to it, and nothing else is."""

from datetime import datetime, timedelta

import pytest

from domain.executions.errors import ExecutionNotFound
from domain.executions.execution import Execution, ExecutionStatus
from domain.knowledge.errors import CorpusNotFound
from domain.knowledge.scope import ScopeType
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import Scene, a_scene
from tests.fakes.clock import NOON
from tests.make import a_corpus, a_snapshot, a_step

DAY = timedelta(days=1)


async def ended(scene: Scene, at: datetime) -> Execution:
    run = await scene.accept(at=NOON - 100 * DAY)
    async with scene.store.begin() as work:
        locked = await work.executions.get(run.id, scene.owner.id)
        await work.executions.end(locked.stopped(at=at), skipped=[a_step()], snapshots=[a_snapshot()])
        await work.commit()
    return run


async def is_there(scene: Scene, run: Execution) -> bool:
    try:
        await scene.stored(run)
    except ExecutionNotFound:
        return False
    return True


async def test_removes_those_that_were_over_before_the_moment_the_longest_over_first(store: Keeping) -> None:
    scene = await a_scene(store)
    oldest, younger, youngest = [await ended(scene, NOON - days * DAY) for days in (3, 2, 1)]
    assert await store.old_runs.remove(ended_before=NOON - DAY, limit=1) == 1
    assert [await is_there(scene, run) for run in (oldest, younger, youngest)] == [False, True, True]
    assert await store.old_runs.remove(ended_before=NOON - DAY, limit=10) == 1
    assert [await is_there(scene, run) for run in (oldest, younger, youngest)] == [False, False, True]
    assert await store.old_runs.remove(ended_before=NOON - DAY, limit=10) == 0


async def test_leaves_alone_what_is_not_over_however_old_it_is(store: Keeping) -> None:
    scene = await a_scene(store)
    runs = [await scene.accept(at=NOON - 1000 * DAY) for _ in range(2)]
    await scene.claim()
    assert await store.old_runs.remove(ended_before=NOON, limit=10) == 0
    assert {(await scene.stored(run)).status for run in runs} == {ExecutionStatus.RUNNING, ExecutionStatus.PENDING}


async def test_leaves_nothing_that_was_recorded_of_them(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await ended(scene, NOON - DAY)
    await store.old_runs.remove(ended_before=NOON, limit=10)
    async with store.begin() as work:
        assert await work.executions.recorded_nodes(run.id) == []
    with pytest.raises(ExecutionNotFound):
        await store.executions.detail(run.id, scene.owner.id)


async def test_takes_a_runs_own_knowledge_along_and_no_other(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await ended(scene, NOON - DAY)
    own = a_corpus(scene.owner, scope=ScopeType.EXECUTION, execution_id=run.id)
    noted = a_corpus(scene.owner, scope=ScopeType.USER, execution_id=run.id)
    async with store.begin() as work:
        for corpus in (own, noted):
            await work.corpora.add(corpus)
        await work.commit()
    await store.old_runs.remove(ended_before=NOON, limit=10)
    async with store.begin() as work:
        kept = await work.corpora.get(noted.id, scene.owner.id)
        assert kept.execution_id is None
        with pytest.raises(CorpusNotFound):
            await work.corpora.get(own.id, scene.owner.id)
