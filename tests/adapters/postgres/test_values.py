"""Values at the edge of what PostgreSQL can hold."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest

from adapters.postgres.database import Database
from adapters.postgres.read_models import PostgresExecutionReads
from adapters.postgres.run_history import PostgresRunHistory
from application.ports.run_journal import Ending
from domain.errors import Invalid
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.execution import ExecutionStatus
from domain.executions.step import MAX_ERROR_LENGTH, StepStatus
from domain.values.json import Json, JsonObject
from tests.adapters.postgres.scenes import Scene, a_scene
from tests.fakes.clock import NOON
from tests.make import a_context, a_snapshot, a_step, a_user

STRANGE = "a\0b\ud800c\ud83d\ude00"
REPAIRED = "a\ufffdb\ufffdc\U0001f600"


async def detail(scene: Scene) -> dict[str, Any]:
    run = await scene.accept()
    claim = await scene.claim()
    tried = Attempt(number=1, status=AttemptStatus.FAILED, duration_ms=1, reason=STRANGE)
    step = a_step(status=StepStatus.FAILED, output={STRANGE: [STRANGE]}, error=STRANGE, attempts=(tried,))
    await scene.journal.record(claim, step, checkpoint=a_context({"key": STRANGE}), snapshots=[])
    ending = Ending(status=ExecutionStatus.FAILED, error=STRANGE, at=NOON)
    await scene.journal.finish(claim, ending, skipped=[], snapshots=[])
    reads = PostgresExecutionReads(scene.database, warn=scene.warnings.append)
    shown: dict[str, Any] = msgspec.json.decode(await reads.detail(run.id, scene.owner.id))
    return shown


async def test_keeps_a_record_in_spite_of_strange_characters(database: Database) -> None:
    shown = await detail(await a_scene(database))
    [step], [attempt] = shown["steps"], shown["stepAttempts"]
    assert (shown["errorMessage"], step["error"], attempt["reason"]) == (REPAIRED,) * 3
    as_json = "a\0b\ufffdc\U0001f600"
    assert step["output"] == {as_json: [as_json]}


async def test_explains_a_run_in_spite_of_strange_characters(database: Database) -> None:
    scene = await a_scene(database)
    run = await scene.accept()
    claim = await scene.claim()
    output: JsonObject = {STRANGE: STRANGE, "route": STRANGE, "\\u0000": "\\u0000"}
    received: JsonObject = {"_retry": {"reason": STRANGE}, STRANGE: 1}
    step = a_step(input=received, output=output, produced_keys=("route", STRANGE))
    await scene.journal.record(claim, step, checkpoint=a_context({"key": STRANGE}), snapshots=[a_snapshot()])
    told = await PostgresRunHistory(database, warn=scene.warnings.append).of(run.id, scene.owner.id)
    assert (told.steps[0].output, told.steps[0].input) == ({"route": REPAIRED}, {"_retry": {"reason": REPAIRED}})
    assert told.control is not None


async def test_keeps_the_longest_error_in_any_script(database: Database) -> None:
    scene = await a_scene(database)
    await scene.accept()
    claim = await scene.claim()
    longest = "\U0001f600" * MAX_ERROR_LENGTH
    await scene.journal.record(claim, a_step(error=longest), checkpoint=a_context(), snapshots=[])
    assert (await scene.journal.recall(claim)).steps[0].error == longest


async def test_keeps_large_and_deep_documents(database: Database) -> None:
    scene = await a_scene(database)
    await scene.accept()
    claim = await scene.claim()
    deep: Json = "bottom"
    for _ in range(200):
        deep = [deep]
    large: JsonObject = {"text": "x" * 5_000_000, "deep": deep}
    await scene.journal.record(claim, a_step(output=large), checkpoint=a_context(), snapshots=[])
    assert (await scene.journal.recall(claim)).steps[0].output == large


@pytest.mark.parametrize("name", ["x" * 256, "a\0b", "\ud800"])
async def test_refuses_what_does_not_fit(database: Database, name: str) -> None:
    scene = await a_scene(database)
    with pytest.raises(Invalid):
        async with scene.begin() as work:
            await work.users.add(a_user(f"{uuid4()}@example.com", name=name))
    with pytest.raises(Invalid):
        await database.row("SELECT $1::varchar(255)::uuid", name)
