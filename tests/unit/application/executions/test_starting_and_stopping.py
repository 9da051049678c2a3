"""Accept a run, stop it, give it up, make up for rings that nobody heard."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from application.executions.start_execution import StartExecution
from application.executions.stop_execution import StopExecution
from application.maintenance.give_up import GiveUp
from application.maintenance.ring_again import RingAgain
from application.ports.job_queue import ExecutionReady, ExecutionStopped
from application.workflows.delete_workflow import DeleteWorkflow
from domain.executions.errors import ExecutionNotFound, LeaseLost
from domain.executions.execution import Execution, ExecutionStatus, TriggerSource
from domain.ids import ExecutionId, NodeId
from domain.workflows.errors import WorkflowNotFound
from domain.workflows.workflow import Workflow
from tests.fakes.ids import FakeIds
from tests.fakes.ingestion_journal import FakeIngestionJournal
from tests.fakes.job_queue import FakeJobQueue
from tests.make import a_context, a_graph, a_step, a_user, a_workflow
from tests.unit.application.engine.stage import Stage


@dataclass
class House:
    stage: Stage = field(default_factory=Stage)
    queue: FakeJobQueue = field(default_factory=FakeJobQueue)
    ids: FakeIds = field(default_factory=FakeIds)

    def workflow(self) -> Workflow:
        workflow = a_workflow(self.stage.owner, graph=a_graph("a>b", "b>c"))
        self.stage.store.rows.workflows[workflow.id] = workflow
        return workflow

    async def start(self, workflow: Workflow) -> ExecutionId:
        start = StartExecution(begin=self.stage.store.begin, queue=self.queue, clock=self.stage.clock, ids=self.ids)
        return (await start(workflow_id=workflow.id, actor_id=self.stage.owner.id, payload={"a": 1})).execution_id

    async def stop(self, execution_id: ExecutionId) -> ExecutionStatus:
        stop = StopExecution(begin=self.stage.store.begin, queue=self.queue, clock=self.stage.clock)
        return await stop(execution_id=execution_id, actor_id=self.stage.owner.id)

    def stored(self, execution_id: ExecutionId) -> Execution:
        return self.stage.store.rows.executions[execution_id]

    def steps(self, execution_id: ExecutionId) -> list[tuple[int, NodeId, str, str | None]]:
        kept = self.stage.store.rows.steps.get(execution_id, ())
        return [(step.sequence, step.node_id, step.status.value, step.error) for step in kept]


async def test_accepts_a_run_of_the_workflow_as_it_is_and_rings() -> None:
    house = House()
    workflow = house.workflow()
    run = await house.start(workflow)
    stored = house.stored(run)
    assert (stored.status, stored.graph, stored.payload) == (ExecutionStatus.PENDING, workflow.graph, {"a": 1})
    assert stored.trigger is TriggerSource.MANUAL
    assert house.queue.rings == [ExecutionReady(run)]


async def test_accepts_no_run_of_somebody_elses_workflow() -> None:
    house = House()
    workflow = a_workflow(a_user("grace@example.com"))
    house.stage.store.rows.workflows[workflow.id] = workflow
    with pytest.raises(WorkflowNotFound):
        await house.start(workflow)
    assert house.queue.rings == []


async def test_stops_a_waiting_run_and_records_every_node_as_skipped() -> None:
    house = House()
    run = await house.start(house.workflow())
    assert await house.stop(run) is ExecutionStatus.CANCELED
    reason = "Skipped because the run was stopped"
    assert house.steps(run) == [(at, NodeId(name), "skipped", reason) for at, name in enumerate("abc", 1)]
    assert house.queue.rings[-1] == ExecutionStopped(run)


async def test_stops_a_running_one_after_what_is_on_record_and_fences_its_worker() -> None:
    house = House()
    run = await house.start(house.workflow())
    claim = await house.stage.claim()
    await house.stage.journal.record(claim, a_step(1, "a"), checkpoint=a_context(), snapshots=())
    await house.stop(run)
    assert [(at, node, status) for at, node, status, _ in house.steps(run)] == [
        (1, "a", "completed"),
        (2, "b", "skipped"),
        (3, "c", "skipped"),
    ]
    with pytest.raises(LeaseLost):
        await house.stage.journal.record(claim, a_step(2, "b"), checkpoint=a_context(), snapshots=())


async def test_leaves_a_run_that_is_over_as_it_is() -> None:
    house = House()
    run = await house.start(house.workflow())
    await house.stop(run)
    before, rings = house.stored(run), list(house.queue.rings)
    assert await house.stop(run) is ExecutionStatus.CANCELED
    assert (house.stored(run), house.queue.rings) == (before, rings)


async def test_stops_nothing_of_somebody_else() -> None:
    house = House()
    run = await house.start(house.workflow())
    stranger = a_user("grace@example.com")
    stop = StopExecution(begin=house.stage.store.begin, queue=house.queue, clock=house.stage.clock)
    with pytest.raises(ExecutionNotFound):
        await stop(execution_id=run, actor_id=stranger.id)
    assert house.stored(run).status is ExecutionStatus.PENDING


async def test_tells_workers_to_drop_the_runs_of_a_workflow_that_is_removed() -> None:
    house = House()
    workflow = house.workflow()
    run, over = await house.start(workflow), await house.start(workflow)
    await house.stop(over)
    await DeleteWorkflow(begin=house.stage.store.begin, queue=house.queue)(
        workflow_id=workflow.id, actor_id=house.stage.owner.id
    )
    assert house.queue.rings[-1] == ExecutionStopped(run)
    assert house.stage.store.rows.executions == {}


async def test_rings_again_for_what_nobody_claimed_or_somebody_left() -> None:
    house = House()
    workflow = house.workflow()
    left = await house.start(workflow)
    await house.stage.claim()
    house.stage.clock.advance(timedelta(hours=1))
    waiting = await house.start(workflow)
    house.queue.rings.clear()
    assert (
        await RingAgain(
            journal=house.stage.journal, documents=FakeIngestionJournal(house.stage.store), queue=house.queue
        )()
        == 2
    )
    assert house.queue.rings == [ExecutionReady(left), ExecutionReady(waiting)]


async def test_gives_up_a_run_that_three_workers_left() -> None:
    house = House()
    run = await house.start(house.workflow())
    give_up = GiveUp(begin=house.stage.store.begin, clock=house.stage.clock, max_claims=3)
    for _ in range(3):
        await house.stage.claim()
        assert await give_up() == 0
        house.stage.clock.advance(timedelta(hours=1))
    assert await give_up() == 1
    stored = house.stored(run)
    assert stored.status is ExecutionStatus.FAILED
    assert stored.error_message == "Execution was abandoned: 3 workers in a row stopped before finishing it"
    assert [status for _, _, status, _ in house.steps(run)] == ["skipped"] * 3
    assert await give_up() == 0
