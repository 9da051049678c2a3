"""What reads show, apart from what a fake could show too."""

import msgspec
from sqlalchemy import make_url

from adapters.postgres.database import Database, connect
from adapters.postgres.read_models import PostgresExecutionReads, PostgresWorkflowReads
from application.ports.read_models import Paging
from application.ports.run_journal import Ending
from domain.executions.execution import ExecutionStatus
from domain.values.timestamps import timestamp
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import a_scene
from tests.fakes.clock import NOON


async def test_tells_moments_in_utc_wherever_the_server_is(url: str, connecting: Connecting) -> None:
    own = await connect(url)
    await own.execute(f"ALTER DATABASE {make_url(url).database} SET timezone = 'Asia/Kathmandu'")
    await own.close()
    database = await connecting(url)
    scene = await a_scene(database)
    run = await scene.accept()
    reads = PostgresExecutionReads(database, warn=scene.warnings.append)
    shown = msgspec.json.decode(await reads.detail(run.id, scene.owner.id))
    assert shown["createdAt"] == timestamp(NOON)
    async with scene.begin() as work:
        assert (await work.executions.get(run.id, scene.owner.id)).created_at == NOON


async def test_passes_stored_documents_on_as_they_are_spelled(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    spelled = '[{"id": "a",  "config": {"b":1.50,"a":1e400,"a":2}}]'
    await database.row("UPDATE workflows SET nodes = $1", spelled)
    reads = PostgresWorkflowReads(database)
    page = await reads.mine(scene.owner.id, Paging(page=1, limit=1))
    for shown in ((await reads.one(scene.workflow.id, scene.owner.id)).record, page.items):
        assert spelled.encode() in bytes(shown)


async def test_keeps_no_checkpoint_of_a_run_that_is_over(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    await scene.accept()
    await scene.accept()
    claims = [await scene.claim(), await scene.claim()]
    for claim in claims:
        await scene.record(claim)
    assert await checkpoints(database) == 2
    ending = Ending(status=ExecutionStatus.COMPLETED, error=None, at=NOON)
    await scene.journal.finish(claims[0], ending, skipped=[], snapshots=[])
    async with scene.begin() as work:
        running = await work.executions.get(claims[1].execution_id, scene.owner.id)
        await work.executions.end(running.stopped(at=NOON), skipped=(), snapshots=())
        await work.commit()
    assert await checkpoints(database) == 0


async def checkpoints(database: Database) -> int:
    row = await database.row("SELECT count(checkpoint) AS kept FROM executions")
    assert row is not None
    return int(row["kept"])
