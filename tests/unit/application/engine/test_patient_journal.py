"""What was executed is recorded, although the store was away for a while."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from application.engine.patience import Patience
from application.engine.patient_journal import PatientJournal
from application.engine.patient_memory import PatientMemory
from application.ports.run_journal import Claim
from application.ports.workflow_memory import Recalled
from domain.errors import Unavailable
from domain.executions.context import Context
from domain.executions.errors import LeaseLost
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import WorkflowId
from tests.fakes.run_journal import FakeRunJournal
from tests.fakes.workflow_memory import FakeWorkflowMemory
from tests.make import a_context, a_step
from tests.unit.application.engine.stage import Stage, drawn, node


class Flaky(FakeRunJournal):
    """Away for the first so many writes; the last of them gets through, but its answer is lost."""

    def __init__(self, stage: Stage, outages: int) -> None:
        super().__init__(stage.store)
        self.outages = outages
        self.tries = 0

    async def record(self, claim: Claim, step: Step, *, checkpoint: Context, snapshots: Sequence[Snapshot]) -> None:
        self.tries += 1
        if self.tries < self.outages:
            raise Unavailable("away")
        await super().record(claim, step, checkpoint=checkpoint, snapshots=snapshots)
        if self.tries == self.outages:
            raise Unavailable("the answer was lost")


def patient(stage: Stage, outages: int) -> tuple[PatientJournal, Flaky]:
    flaky = Flaky(stage, outages)
    return PatientJournal(journal=flaky, patience=Patience(clock=stage.clock, limit=timedelta(seconds=10))), flaky


async def test_writes_again_until_it_gets_through_and_once_only() -> None:
    stage = Stage()
    run = stage.accept(drawn(node("a")))
    journal, flaky = patient(stage, outages=3)
    await journal.record(await stage.claim(), a_step(), checkpoint=a_context(), snapshots=())
    assert flaky.tries == 4
    assert len(stage.store.rows.steps[run.id]) == 1
    assert stage.clock.slept == [0.1, 0.2, 0.4]


async def test_gives_up_when_its_patience_is_over() -> None:
    stage = Stage()
    stage.accept(drawn(node("a")))
    journal, _ = patient(stage, outages=999)
    with pytest.raises(Unavailable):
        await journal.record(await stage.claim(), a_step(), checkpoint=a_context(), snapshots=())
    assert 8 < sum(stage.clock.slept) <= 10
    assert max(stage.clock.slept) == 2


async def test_does_not_insist_on_what_it_has_no_right_to() -> None:
    stage = Stage()
    stage.accept(drawn(node("a")))
    claim = await stage.claim()
    stage.clock.advance(timedelta(hours=1))
    await stage.claim("w2")
    journal, flaky = patient(stage, outages=0)
    with pytest.raises(LeaseLost):
        await journal.record(claim, a_step(), checkpoint=a_context(), snapshots=())
    assert flaky.tries == 1


class Dozing(FakeWorkflowMemory):
    """Away for the first two questions."""

    questions = 0

    async def recall(self, workflow_id: WorkflowId, key: str) -> Recalled:
        self.questions += 1
        if self.questions < 3:
            raise Unavailable("away")
        return await super().recall(workflow_id, key)


async def test_waits_for_the_memory_of_workflows_too() -> None:
    stage = Stage()
    memory = PatientMemory(memory=Dozing(stage.store), patience=Patience(clock=stage.clock))
    assert (await memory.recall(WorkflowId(uuid4()), "k")).keys == 0
    assert len(stage.clock.slept) == 2
