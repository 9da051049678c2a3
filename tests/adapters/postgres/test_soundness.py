"""Records that break a promise are found, and sound ones are not complained of."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from adapters.postgres.database import Database
from adapters.postgres.soundness import Unsound, unsound_runs
from application.ports.run_journal import Claim, Ending
from domain.executions.execution import ExecutionStatus
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import Scene, a_scene
from tests.fakes.clock import NOON
from tests.make import a_context, a_step

COMPLETED = Ending(status=ExecutionStatus.COMPLETED, error=None, at=NOON)


@dataclass(frozen=True)
class Damage:
    done: str
    """With the run as $1."""
    promise: str


ALL_DAMAGE = [
    Damage("UPDATE execution_steps SET node_id = 'b' WHERE execution_id = $1", "each node is on record once"),
    Damage(
        "UPDATE execution_steps SET sequence = 1 WHERE execution_id = $1",
        "each place in the order is on record once",
    ),
    Damage(
        "UPDATE execution_steps SET node_id = 'x' WHERE execution_id = $1 AND node_id = 'a'",
        "no node is on record that the graph does not have",
    ),
    Damage(
        "DELETE FROM execution_steps WHERE execution_id = $1 AND node_id = 'a'",
        "a run that is over has every node on record, or none when its graph could not be run",
    ),
    Damage("DELETE FROM execution_steps WHERE execution_id = $1", "a run that is completed has steps"),
    Damage(
        "UPDATE executions SET lease_expires_at = now() WHERE id = $1",
        "a run that is over belongs to nobody and has an end",
    ),
    Damage(
        "UPDATE executions SET created_at = finished_at + interval '2 hours' WHERE id = $1",
        "a run ends after it was accepted",
    ),
    Damage(
        "UPDATE executions SET status = 'failed', error_message = NULL WHERE id = $1",
        "a run that failed or was canceled says why",
    ),
    Damage(
        "UPDATE execution_superseded_steps SET round = 2 WHERE execution_id = $1",
        "rounds are counted one after the other",
    ),
    Damage(
        "UPDATE execution_steps SET round = 1 WHERE execution_id = $1",
        "a node is in the round after those that were discarded",
    ),
    Damage(
        "UPDATE executions SET status = 'running', finished_at = NULL, lease_expires_at = now() - interval '1 hour' "
        "WHERE id = $1",
        "a run that nobody works on is taken over",
    ),
]  # fmt: skip
UNGUARDED = """
ALTER TABLE execution_steps DROP CONSTRAINT uq_execution_steps_execution_id_node_id,
                            DROP CONSTRAINT uq_execution_steps_execution_id_sequence
"""


@pytest.fixture
async def database(url: str, connecting: Connecting) -> Database:
    """One without the constraints that keep some damage from being done."""
    one = await connecting(url)
    for statement in UNGUARDED.strip().split(";"):
        await one.rows(statement)
    return one


async def a_run_in_its_second_round(scene: Scene) -> Claim:
    await scene.accept()
    claim = await scene.claim()
    rejected = a_step(2, "b")
    await scene.journal.record(claim, a_step(1, "a"), checkpoint=a_context(), snapshots=[])
    await scene.journal.record(claim, rejected, checkpoint=a_context(), snapshots=[])
    await scene.journal.rewind(claim, [rejected], checkpoint=a_context(), snapshots=[])
    await scene.journal.record(claim, a_step(2, "b", round=2), checkpoint=a_context(), snapshots=[])
    return claim


async def test_complains_of_nothing_before_and_after_the_end_of_a_run(database: Database) -> None:
    scene = await a_scene(database)
    claim = await a_run_in_its_second_round(scene)
    assert await unsound_runs(database) == []
    await scene.journal.finish(claim, COMPLETED, skipped=[], snapshots=[])
    assert await unsound_runs(database) == []


async def test_finds_every_broken_promise_and_whose_it_is(database: Database) -> None:
    scene = await a_scene(database)
    for damage in ALL_DAMAGE:
        claim = await a_run_in_its_second_round(scene)
        await scene.journal.finish(claim, COMPLETED, skipped=[], snapshots=[])
        await database.rows(damage.done, claim.execution_id)
        assert Unsound(claim.execution_id, damage.promise) in await unsound_runs(
            database, patience=timedelta(minutes=1)
        )
        await database.rows("DELETE FROM executions WHERE id = $1", claim.execution_id)
    assert await unsound_runs(database) == []
