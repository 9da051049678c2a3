"""How often REX waits for the database, once statements are prepared: each hot read and worker's write only once."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.postgres.read_models import PostgresAccountReads, PostgresExecutionReads, PostgresWorkflowReads
from adapters.postgres.run_history import PostgresRunHistory
from application.ports.read_models import Paging
from application.ports.run_journal import Claim, Ending
from domain.executions.execution import Execution, ExecutionStatus
from domain.executions.step import StepStatus
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.round_trips import counted_round_trips
from tests.adapters.postgres.scenes import LEASE, Scene, a_scene
from tests.fakes.clock import NOON
from tests.make import a_snapshot, a_step

PAGE = Paging(page=1, limit=20)
Call = Callable[[], Awaitable[object]]


def reads(scene: Scene, run: Execution) -> dict[str, Call]:
    accounts, workflows = PostgresAccountReads(scene.database), PostgresWorkflowReads(scene.database)
    executions = PostgresExecutionReads(scene.database, warn=scene.warnings.append)
    owner, workflow = scene.owner.id, scene.workflow.id
    return {
        "account state": lambda: accounts.state(owner),
        "profile": lambda: accounts.profile(owner),
        "workflow": lambda: workflows.one(workflow, owner),
        "workflows": lambda: workflows.mine(owner, PAGE),
        "run": lambda: executions.detail(run.id, owner),
        "runs of a workflow": lambda: executions.of_workflow(workflow, owner, PAGE),
        "active runs": lambda: executions.active(owner, PAGE),
        "state of a run": lambda: executions.status(run.id, owner),
        "history of a run": lambda: PostgresRunHistory(scene.database, warn=scene.warnings.append).of(run.id, owner),
    }


def writes(scene: Scene, claim: Claim) -> dict[str, Call]:
    skipped = a_step(2, "b", status=StepStatus.SKIPPED, attempts=())
    ending = Ending(status=ExecutionStatus.COMPLETED, error=None, at=NOON)
    return {
        "claim": lambda: scene.journal.claim("w", lease=LEASE, max_claims=3),
        "record": lambda: scene.record(claim),
        "recall": lambda: scene.journal.recall(claim),
        "renew": lambda: scene.journal.renew([claim], lease=LEASE),
        "waiting": lambda: scene.journal.waiting(limit=9),
        "finish": lambda: scene.journal.finish(claim, ending, skipped=[skipped], snapshots=[a_snapshot(2)]),
        "hand back": lambda: scene.journal.hand_back([claim]),
        "abandon leases": scene.journal.abandon_leases,
    }


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a short name: that of a Unix socket has little room."""
    return tmp_path_factory.mktemp("s")


async def test_makes_one_round_trip_for_each_call(url: str, connecting: Connecting, folder: Path) -> None:
    async with counted_round_trips(url, folder) as (trips, through):
        database = await connecting(through)
        scene = await a_scene(database)
        for is_prepared in (False, True):
            run = await scene.accept()
            calls = {**reads(scene, run), **writes(scene, await scene.claim())}
            made = {}
            for name, call in calls.items():
                before = trips.count
                await call()
                made[name] = trips.count - before
            if is_prepared:
                assert made == dict.fromkeys(calls, 1)
        await database.close()
    assert scene.warnings == []


async def test_adds_only_beginning_and_end_to_the_statements_of_a_unit_of_work(
    url: str, connecting: Connecting, folder: Path
) -> None:
    async with counted_round_trips(url, folder) as (trips, through):
        database = await connecting(through)
        scene = await a_scene(database)
        await scene.accept()
        before = trips.count
        await scene.accept()
        assert trips.count - before == 3
        await database.close()
