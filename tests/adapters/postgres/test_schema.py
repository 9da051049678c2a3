"""The schema itself refuses nonsense."""

import asyncpg
import pytest

from adapters.postgres.database import Database
from adapters.postgres.tables.executions import executions
from tests.adapters.postgres.scenes import a_scene

NONSENSE = [
    "UPDATE workflows SET status = 'asleep'",
    "UPDATE executions SET status = 'cancelled', finished_at = now()",
    "UPDATE executions SET trigger_source = 'telepathy'",
    "UPDATE executions SET status = 'completed'",
    "UPDATE executions SET status = 'pending'",
    "UPDATE executions SET claims = -1",
    "UPDATE executions SET claims = epoch + 1",
    "UPDATE execution_steps SET status = 'running'",
    "UPDATE execution_step_attempts SET status = 'skipped'",
    "UPDATE execution_step_attempts SET attempt = 0",
    "UPDATE execution_context_snapshots SET reason = 'boredom'",
]
STEP = dict.fromkeys(
    ("execution_id", "sequence", "node_id", "node_type", "status", "input", "duration_ms", "taken_edges")
)
ATTEMPT = dict.fromkeys(("execution_id", "sequence", "node_id", "node_type", "attempt", "status", "duration_ms"))
SNAPSHOT = dict.fromkeys(("execution_id", "sequence", "reason", "state"))
USER = dict.fromkeys(("email", "email_key", "name", "password_hash"))
COPIES: list[tuple[str, dict[str, str | None]]] = [
    ("execution_steps", {**STEP, "sequence": "sequence + 1"}),
    ("execution_steps", {**STEP, "node_id": "'other'"}),
    ("execution_step_attempts", {**ATTEMPT}),
    ("execution_context_snapshots", {**SNAPSHOT}),
    ("users", {"id": "gen_random_uuid()", **USER}),
]
"""What to copy into a second row of the same table, with other values for some columns."""


@pytest.fixture
async def full(database: Database) -> Database:
    """With a row in each table that a run writes to."""
    scene = await a_scene(database)
    await scene.accept()
    await scene.record(await scene.claim())
    return database


@pytest.mark.parametrize("statement", NONSENSE)
async def test_refuses_values_that_mean_nothing(full: Database, statement: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await full.rows(statement)


@pytest.mark.parametrize(("table", "columns"), COPIES)
async def test_refuses_a_second_record_of_the_same(full: Database, table: str, columns: dict[str, str | None]) -> None:
    values = ", ".join(value or name for name, value in columns.items())
    with pytest.raises(asyncpg.UniqueViolationError):
        await full.rows(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}")  # noqa: S608


async def test_removes_everything_of_a_user_with_the_user(full: Database) -> None:
    await full.rows("DELETE FROM users")
    for table in executions.metadata.tables.keys() - {"knowledge_spaces"}:  # everybody's vectors lie in the same ones
        row = await full.row(f"SELECT count(*) AS left FROM {table}")  # noqa: S608 - names from our own metadata
        assert row is not None
        assert (table, row["left"]) == (table, 0)
