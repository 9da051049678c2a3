"""Schedules when there are many, when several look at once, and when there were none before."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from adapters.postgres.database import Database, connect
from adapters.postgres.migrator import migrate
from adapters.postgres.schedule_statements import CLAIM_DUE, UNDERIVED
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from application.schedules.derive_missing_schedules import DeriveMissingSchedules
from domain.ids import NodeId, ScheduleId, WorkflowId
from domain.schedules.schedule import Plan, Schedule
from domain.schedules.specification import Cron, Interval
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import Scene, a_scene
from tests.adapters.postgres.test_plans import planned
from tests.fakes.clock import NOON, FakeClock
from tests.scheduling import deriving

MANY = """
WITH drawn AS (
    INSERT INTO workflows (id, user_id, name, status, nodes, edges)
    SELECT gen_random_uuid(), $1, 'W', 'active', '[]', '[]' FROM generate_series(1, 5000) RETURNING id
)
INSERT INTO schedules (id, workflow_id, node_id, interval_ms, on_missed, on_overlap, since, next_fire_at)
SELECT gen_random_uuid(), id, 'a', 60000, 'skip', 'skip', now(), now() + interval '1 hour' * random() FROM drawn
"""
OLD_WORKFLOW = """
INSERT INTO workflows (id, user_id, name, status, nodes, edges) VALUES ($1, $2, 'W', $3, $4, '[]')
"""
A_TRIGGER = """[{"id": "t", "type": "schedule-trigger", "label": "T", "position": {"x": 0, "y": 0},
"config": {"cron": "0 9 * * *", "intervalMs": ""}}]"""
NO_TRIGGER = '[{"id": "t", "type": "schedule-trigger-like", "label": "T", "position": {"x": 0, "y": 0}, "config": {}}]'


async def scheduled(scene: Scene) -> Schedule:
    plan = Plan(node_id=NodeId("a"), specification=Interval(period=timedelta(hours=1)))
    schedule = Schedule(id=ScheduleId(uuid4()), workflow_id=scene.workflow.id, plan=plan, since=NOON, next_fire_at=NOON)
    async with scene.begin() as work:
        await work.schedules.replace(scene.workflow.id, [schedule])
        await work.commit()
    return schedule


async def claims(scene: Scene) -> int:
    async with scene.begin() as work, asyncio.timeout(2):
        return len(await work.schedules.claim_due(limit=10))


async def test_finds_what_is_due_by_index_however_many_are_not(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    await database.rows(MANY, scene.owner.id)
    await database.rows("ANALYZE schedules")
    connection = await connect(url)
    statement = str(CLAIM_DUE).replace(":limit", "$1::bigint").replace(":grace", "'1 minute'")
    plan = await planned(connection, statement, "100")
    await connection.close()
    assert plan.count("Index Scan using ix_schedules_next_fire_at on schedules") == 2, plan


async def test_what_somebody_settles_is_passed_over_without_waiting(database: Database) -> None:
    scene = await a_scene(database)
    await scheduled(scene)
    async with scene.begin() as work:
        assert len(await work.schedules.claim_due(limit=10)) == 1
        assert await claims(scene) == 0
    assert await claims(scene) == 1


async def test_schedules_of_a_workflow_that_is_being_saved_are_passed_over(database: Database) -> None:
    scene = await a_scene(database)
    await scheduled(scene)
    async with scene.begin() as work:
        await work.workflows.get_to_change(scene.workflow.id, scene.owner.id)
        await work.schedules.of_workflow_to_change(scene.workflow.id)
        assert await claims(scene) == 0
    assert await claims(scene) == 1


async def test_looking_at_schedules_holds_up_nobody(database: Database) -> None:
    scene = await a_scene(database)
    await scheduled(scene)
    async with scene.begin() as work:
        await work.schedules.of_workflow(scene.workflow.id)
        assert await claims(scene) == 1


async def test_a_workflow_that_is_being_removed_neither_waits_for_ticks_nor_gets_any(database: Database) -> None:
    scene = await a_scene(database)
    await scheduled(scene)
    async with scene.begin() as work:
        await work.workflows.remove(scene.workflow)
        assert await claims(scene) == 0
        await work.commit()
    assert await claims(scene) == 0


async def test_workflows_from_before_there_were_schedules_get_theirs(empty: str, connecting: Connecting) -> None:
    await migrate(empty, "0013")
    database = await connecting(empty)
    owner, active, inactive, without = (uuid4() for _ in range(4))
    await database.rows(
        "INSERT INTO users (id, email, email_key, name, password_hash) VALUES ($1, 'a', 'a', 'A', '')", owner
    )
    for workflow, status, nodes in (
        (active, "active", A_TRIGGER),
        (inactive, "inactive", A_TRIGGER),
        (without, "active", NO_TRIGGER),
    ):
        await database.rows(OLD_WORKFLOW, workflow, owner, status, nodes)
    await migrate(empty)
    derive = DeriveMissingSchedules(
        begin=lambda: PostgresUnitOfWork(database), clock=FakeClock(), derive_schedules=deriving()
    )
    assert await derive() == 2
    assert await derive() == 0
    async with PostgresUnitOfWork(database) as work:
        (on,) = await work.schedules.of_workflow(WorkflowId(active))
        (off,) = await work.schedules.of_workflow(WorkflowId(inactive))
        assert await work.schedules.of_workflow(WorkflowId(without)) == []
    assert on.plan.specification == off.plan.specification == Cron(expression="0 9 * * *")
    assert (on.next_fire_at, off.next_fire_at) == (NOON + timedelta(hours=21), None)


async def test_a_save_waits_for_whoever_derives_and_others_pass_over(url: str, connecting: Connecting) -> None:
    database = await connecting(url, size=2)
    scene = await a_scene(database)
    await database.rows("INSERT INTO schedule_backlog (workflow_id) VALUES ($1)", scene.workflow.id)
    async with scene.begin() as work:
        assert await work.schedules.underived(limit=10) == [scene.workflow.id]
        assert await database.rows(str(UNDERIVED).replace(":limit", "10")) == []
        locked = "SELECT id FROM workflows FOR NO KEY UPDATE SKIP LOCKED"
        assert await database.rows(locked) == []
