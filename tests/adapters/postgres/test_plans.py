"""How PostgreSQL goes about it when there is a lot."""

from collections.abc import Sequence

from adapters.postgres.database import Connection, Database, connect
from adapters.postgres.journal_statements import CLAIM, WAITING
from adapters.postgres.read_models import ACTIVE_RUNS, MY_WORKFLOWS, RUNS_OF_WORKFLOW
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import LEASE, Scene, a_scene
from tests.make import a_context, a_step

FINISHED_RUNS = """
INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_payload, nodes, edges, status, finished_at,
                        created_at)
SELECT gen_random_uuid(), $1, $2, 1, '{}', '[]', '[]', 'completed', now(), now() - number * interval '1 second'
FROM generate_series(1, 20000) AS number
"""
MANY_WORKFLOWS = """
INSERT INTO workflows (id, user_id, name, nodes, edges, updated_at)
SELECT gen_random_uuid(), $1, 'W', '[]', '[]', now() - number * interval '1 second'
FROM generate_series(1, 20000) AS number
"""


async def planned(connection: Connection, statement: str, values: str) -> str:
    """The plan that a prepared statement ends up with."""
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute(f"PREPARE asked AS {statement}")
    lines = await connection.fetch(f"EXPLAIN EXECUTE asked ({values})")
    await connection.execute("DEALLOCATE asked")
    return "\n".join(line[0] for line in lines)


async def with_a_lot(database: Database) -> Scene:
    scene = await a_scene(database)
    await database.rows(FINISHED_RUNS, scene.workflow.id, scene.owner.id)
    await database.rows(MANY_WORKFLOWS, scene.owner.id)
    await scene.accept()
    for table in ("executions", "workflows"):
        await database.rows(f"ANALYZE {table}")
    return scene


async def test_finds_what_is_needed_by_index(url: str, connecting: Connecting) -> None:
    scene = await with_a_lot(await connecting(url))
    workflow, owner = f"'{scene.workflow.id}'", f"'{scene.owner.id}'"
    position = f"'2026-01-01', {owner}"
    expected = {
        WAITING: ("100", "ix_executions_unfinished"),
        ACTIVE_RUNS.by_number: (f"{owner}, 20, 0", "ix_executions_unfinished"),
        ACTIVE_RUNS.after_cursor: (f"{owner}, 20, {position}", "ix_executions_unfinished"),
        RUNS_OF_WORKFLOW.by_number: (f"{workflow}, {owner}, 20, 0", "ix_executions_workflow_id_created_at_id"),
        RUNS_OF_WORKFLOW.by_deep_number: (
            f"{workflow}, {owner}, 20, 10000",
            "ix_executions_workflow_id_created_at_id",
        ),
        RUNS_OF_WORKFLOW.after_cursor: (
            f"{workflow}, {owner}, 20, {position}",
            "ix_executions_workflow_id_created_at_id",
        ),
        MY_WORKFLOWS.by_number: (f"{owner}, 20, 0", "ix_workflows_user_id_updated_at_id"),
        MY_WORKFLOWS.after_cursor: (f"{owner}, 20, {position}", "ix_workflows_user_id_updated_at_id"),
    }
    connection = await connect(url)
    claiming = await planned(connection, CLAIM, "'w', '30 seconds', 3, '{}'")
    for index in ("unfinished", "unfinished_by_user", "running_by_user"):
        assert f"using ix_executions_{index} " in claiming, claiming
    assert "Seq Scan" not in claiming
    for statement, (values, index) in expected.items():
        plan = await planned(connection, statement, values)
        assert f"using {index}" in plan or f"on {index}" in plan, plan
    await connection.close()


async def test_changes_leases_and_checkpoints_without_touching_an_index(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    await scene.accept()
    claim = await scene.claim()
    before = await updates(database)
    for sequence in range(1, 21):
        await scene.journal.record(claim, a_step(sequence, f"n{sequence}"), checkpoint=a_context(), snapshots=[])
        await scene.journal.renew([claim], lease=LEASE)
    after = await updates(database)
    changed, hot = (late - early for late, early in zip(after, before, strict=True))
    assert changed == 40
    assert hot >= 35


async def updates(database: Database) -> Sequence[int]:
    """How many rows were changed so far, and how many of them in place."""
    await database.row("SELECT pg_stat_force_next_flush()")
    found = await database.row(
        "SELECT n_tup_upd AS changed, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = 'executions'"
    )
    assert found is not None
    return [found["changed"], found["hot"]]
