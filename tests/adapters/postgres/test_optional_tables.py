"""Tables of mere telemetry may be missing: runs go on, and one warning per table says what is lost."""

import asyncpg
import msgspec
import pytest

from adapters.postgres.optional_tables import OPTIONAL
from adapters.postgres.read_models import PostgresExecutionReads
from adapters.postgres.run_history import PostgresRunHistory
from application.ports.run_journal import Ending
from domain.executions.execution import ExecutionStatus
from domain.executions.step import StepStatus
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import a_scene
from tests.fakes.clock import NOON
from tests.make import a_context, a_snapshot, a_step

SHOWN_AS = {
    "execution_step_attempts": "stepAttempts",
    "execution_context_snapshots": "contextSnapshots",
    "execution_retrieval_events": "retrievalEvents",
}
COMPLETED = Ending(status=ExecutionStatus.COMPLETED, error=None, at=NOON)


@pytest.mark.parametrize("missing", [*([each] for each in sorted(OPTIONAL)), sorted(OPTIONAL)], ids=" ".join)
async def test_does_without_tables_of_telemetry(url: str, connecting: Connecting, missing: list[str]) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    run = await scene.accept()
    claim = await scene.claim()
    for table in missing:
        await database.rows(f"DROP TABLE {table}")
    reads = PostgresExecutionReads(database, warn=scene.warnings.append)
    for sequence in (1, 2):
        await scene.record(claim, sequence)
    recalled = await scene.journal.recall(claim)
    assert ([step.sequence for step in recalled.steps], recalled.context) == ([1, 2], a_context())
    skipped = a_step(3, "c", status=StepStatus.SKIPPED, attempts=())
    await scene.journal.finish(claim, COMPLETED, skipped=[skipped], snapshots=[a_snapshot(3)])
    shown = msgspec.json.decode(await reads.detail(run.id, scene.owner.id))
    assert (shown["status"], len(shown["steps"])) == ("completed", 3)
    counted = {"stepAttempts": 2, "contextSnapshots": 3, "retrievalEvents": 0}
    for table, name in SHOWN_AS.items():
        expected = 0 if table in missing else counted[name]
        assert (len(shown[name]), shown[f"{name}Meta"]["total"]) == (expected, expected)
    told = await PostgresRunHistory(database, warn=lambda text: None).of(run.id, scene.owner.id)
    tried = [] if "execution_step_attempts" in missing else [1]
    assert [[each.number for each in step.attempts] for step in told.steps[:2]] == [tried, tried]
    assert (told.control is None) == ("execution_context_snapshots" in missing)
    for table in missing:
        assert 1 <= sum(table in warning for warning in scene.warnings) <= 2


async def test_warns_once_for_each_table(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    await scene.accept()
    claim = await scene.claim()
    await database.rows("DROP TABLE execution_step_attempts")
    for sequence in (1, 2, 3):
        await scene.record(claim, sequence)
    assert len(scene.warnings) == 1
    assert "execution_step_attempts" in scene.warnings[0]


async def test_does_not_do_without_the_steps(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    await scene.accept()
    claim = await scene.claim()
    await database.rows("DROP TABLE execution_steps")
    with pytest.raises(asyncpg.UndefinedTableError):
        await scene.record(claim)
