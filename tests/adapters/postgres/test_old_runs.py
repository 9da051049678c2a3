"""The removal of old runs stands in nobody's way, and nobody stands in its way."""

import asyncio
from datetime import timedelta

from adapters.postgres.database import Connection, Database, connect
from adapters.postgres.old_runs import REMOVE, PostgresOldRuns
from domain.executions.execution import Execution
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import Scene, a_scene
from tests.adapters.postgres.test_plans import FINISHED_RUNS, planned
from tests.fakes.clock import NOON
from tests.make import a_workflow

DAY = timedelta(days=1)
LOCKS = """
SELECT DISTINCT relation::regclass::text AS name, mode FROM pg_locks
WHERE pid = $1 AND locktype = 'relation' AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
"""


async def ended(scene: Scene) -> Execution:
    run = await scene.accept()
    async with scene.begin() as work:
        locked = await work.executions.get(run.id, scene.owner.id)
        await work.executions.end(locked.stopped(at=NOON), skipped=(), snapshots=())
        await work.commit()
    return run


async def half_removed(url: str) -> Connection:
    """A removal that has done its work and has not committed yet."""
    connection = await connect(url)
    await connection.execute("BEGIN")
    assert len(await connection.fetch(REMOVE, NOON + DAY, 100)) == 3
    return connection


async def test_no_writer_waits_while_a_batch_is_under_way(url: str, connecting: Connecting) -> None:
    scene = await a_scene(await connecting(url, size=2))
    for _ in range(3):
        await ended(scene)
    removing = await half_removed(url)
    async with asyncio.timeout(2):
        run = await scene.accept()
        claim = await scene.claim()
        assert claim.execution_id == run.id
        await scene.record(claim)
        await ended(scene)
        async with scene.begin() as work:
            await work.workflows.add(a_workflow(scene.owner))
            await work.commit()
    assert await removing.fetch(LOCKS, removing.get_server_pid()) == []
    await removing.execute("COMMIT")
    await removing.close()


async def test_several_at_once_take_different_ones(url: str, connecting: Connecting) -> None:
    database = await connecting(url, size=2)
    scene = await a_scene(database)
    for _ in range(3):
        await ended(scene)
    removing = await half_removed(url)
    another = [await ended(scene) for _ in range(2)]
    async with asyncio.timeout(2):
        assert await PostgresOldRuns(database).remove(ended_before=NOON + DAY, limit=100) == len(another)
    await removing.execute("ROLLBACK")
    await removing.close()
    assert await PostgresOldRuns(database).remove(ended_before=NOON + DAY, limit=100) == 3


async def test_finds_old_runs_by_index(url: str, connecting: Connecting) -> None:
    database: Database = await connecting(url)
    scene = await a_scene(database)
    await database.rows(FINISHED_RUNS, scene.workflow.id, scene.owner.id)
    await database.rows("ANALYZE executions")
    connection = await connect(url)
    plan = await planned(connection, REMOVE, "'2026-01-01', 100")
    assert "using ix_executions_finished_at" in plan, plan
    assert "Seq Scan on executions" not in plan, plan
    await connection.close()
