"""A worker takes what waits, holds on to what it owns, and lets go of what it lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from application.engine.worker import Worker, WorkerTerms
from application.ports.run_journal import Claim, Ending
from domain.accounts.user import User
from domain.executions.errors import LeaseLost
from domain.executions.execution import Execution, ExecutionStatus
from domain.ids import ExecutionId
from tests.make import a_user, a_workflow, an_execution
from tests.unit.application.engine.stage import Stage, drawn, node

TERMS = WorkerTerms(slots=2, lease=timedelta(seconds=15), heartbeat=timedelta(seconds=1))


@dataclass
class Bench:
    """Runs take until they are let go on, so that a test decides when what happens."""

    stage: Stage = field(default_factory=Stage)
    begun: list[ExecutionId] = field(default_factory=list)
    cancelled: list[ExecutionId] = field(default_factory=list)
    gates: dict[ExecutionId, asyncio.Event] = field(default_factory=dict)
    failure: Exception | None = None

    async def __call__(self, claim: Claim) -> ExecutionStatus:
        self.begun.append(claim.execution_id)
        if self.failure is not None:
            raise self.failure
        try:
            await self.gates.setdefault(claim.execution_id, asyncio.Event()).wait()
        except asyncio.CancelledError:
            self.cancelled.append(claim.execution_id)
            raise
        ending = Ending(status=ExecutionStatus.COMPLETED, error=None, at=self.stage.clock.now())
        await self.stage.journal.finish(claim, ending, skipped=(), snapshots=())
        return ExecutionStatus.COMPLETED

    def accept(self, owner: User | None = None) -> Execution:
        if owner is None:
            return self.stage.accept(drawn(node("a")))
        run = an_execution(a_workflow(owner, graph=drawn(node("a"))))
        self.stage.store.rows.executions[run.id] = run
        return run

    def let_go(self, run: Execution) -> None:
        self.gates.setdefault(run.id, asyncio.Event()).set()

    def status(self, run: Execution) -> ExecutionStatus:
        return self.stage.store.rows.executions[run.id].status


class PatientClock:
    """Real pauses, a thousand times as fast: heartbeats happen, and tests do not wait."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def now(self) -> object:
        return self._stage.clock.now()

    def monotonic(self) -> float:
        return self._stage.clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 1000)


@asynccontextmanager
async def working(bench: Bench) -> AsyncIterator[Worker]:
    clock = PatientClock(bench.stage)
    worker = Worker(
        name="w1",
        journal=bench.stage.journal,
        execute=bench,
        clock=clock,  # type: ignore[arg-type]
        log=bench.stage.log,
        terms=TERMS,
    )
    loop = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        await worker.drain(timedelta(0))
        await loop


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0.001)


async def test_works_off_what_waited_before_it_started() -> None:
    bench = Bench()
    run = bench.accept()
    bench.let_go(run)
    async with working(bench):
        await until(lambda: bench.status(run) is ExecutionStatus.COMPLETED)


async def test_looks_for_work_when_it_is_woken() -> None:
    bench = Bench()
    async with working(bench) as worker:
        await asyncio.sleep(0.01)
        run = bench.accept()
        await asyncio.sleep(0.01)
        assert bench.begun == []
        worker.wake()
        await until(lambda: bench.begun == [run.id])


async def test_works_on_no_more_runs_at_once_than_it_has_slots() -> None:
    bench = Bench()
    runs = [bench.accept() for _ in range(4)]
    async with working(bench) as worker:
        await until(lambda: len(bench.begun) == 2)
        await asyncio.sleep(0.01)
        assert worker.busy_with == 2
        for run in runs:
            bench.let_go(run)
        await until(lambda: all(bench.status(run) is ExecutionStatus.COMPLETED for run in runs))
        assert len(bench.begun) == 4


async def test_keeps_its_leases_alive_however_long_a_run_takes() -> None:
    bench = Bench()
    run = bench.accept()
    async with working(bench):
        await until(lambda: bench.begun == [run.id])
        for _ in range(5):
            bench.stage.clock.advance(timedelta(seconds=10))
            await asyncio.sleep(0.02)
        assert not bench.stage.store.rows.executions[run.id].is_waiting(at=bench.stage.clock.now())
        assert bench.cancelled == []


async def test_drops_a_run_at_once_when_it_is_told_to() -> None:
    bench = Bench()
    run = bench.accept()
    async with working(bench) as worker:
        await until(lambda: bench.begun == [run.id])
        worker.drop(run.id)
        await until(lambda: bench.cancelled == [run.id])
        assert worker.busy_with == 0


async def test_drops_a_run_that_was_stopped_at_the_next_heartbeat() -> None:
    bench = Bench()
    run = bench.accept()
    async with working(bench):
        await until(lambda: bench.begun == [run.id])
        rows = bench.stage.store.rows.executions
        rows[run.id] = rows[run.id].stopped(at=bench.stage.clock.now())
        await until(lambda: bench.cancelled == [run.id])


async def test_stops_working_when_it_could_not_renew_for_a_whole_lease() -> None:
    bench = Bench()
    run = bench.accept()
    async with working(bench):
        await until(lambda: bench.begun == [run.id])
        bench.stage.store.is_down = True
        await asyncio.sleep(0.02)
        assert bench.cancelled == []
        bench.stage.clock.advance(timedelta(seconds=16))
        await until(lambda: bench.cancelled == [run.id])
        bench.stage.store.is_down = False


@pytest.mark.parametrize("defect", [None, RuntimeError("a defect")])
async def test_goes_on_claiming_after_an_outage_and_after_a_defect(defect: Exception | None) -> None:
    bench = Bench()
    bench.stage.store.is_down, bench.stage.store.defect = True, defect
    async with working(bench) as worker:
        await asyncio.sleep(0.01)
        bench.stage.store.is_down, bench.stage.store.defect = False, None
        run = bench.accept()
        bench.let_go(run)
        worker.wake()
        await until(lambda: bench.status(run) is ExecutionStatus.COMPLETED)


@pytest.mark.parametrize("failure", [LeaseLost(), ValueError("a defect")])
async def test_survives_a_run_that_breaks_off(failure: Exception) -> None:
    bench = Bench(failure=failure)
    broken = bench.accept()
    async with working(bench) as worker:
        await until(lambda: bench.begun == [broken.id] and worker.busy_with == 0)
        bench.failure = None
        run = bench.accept()
        bench.let_go(run)
        worker.wake()
        await until(lambda: bench.status(run) is ExecutionStatus.COMPLETED)


async def test_lets_runs_finish_when_it_drains_and_claims_no_more() -> None:
    bench = Bench()
    run = bench.accept()
    async with working(bench) as worker:
        await until(lambda: bench.begun == [run.id])
        draining = asyncio.create_task(worker.drain(timedelta(seconds=5)))
        later = bench.accept()
        worker.wake()
        await asyncio.sleep(0.01)
        bench.let_go(run)
        await draining
        assert bench.status(run) is ExecutionStatus.COMPLETED
        assert bench.status(later) is ExecutionStatus.PENDING


async def test_hands_back_what_it_cannot_finish_in_time() -> None:
    bench = Bench()
    run = bench.accept()
    async with working(bench) as worker:
        await until(lambda: bench.begun == [run.id])
        await worker.drain(timedelta(milliseconds=1))
    stored = bench.stage.store.rows.executions[run.id]
    assert (stored.claims, stored.is_waiting(at=bench.stage.clock.now())) == (0, True)
    assert bench.cancelled == [run.id]


async def test_drains_although_all_its_slots_are_taken_and_more_waits() -> None:
    bench = Bench()
    runs = [bench.accept() for _ in range(3)]
    async with working(bench) as worker:
        await until(lambda: len(bench.begun) == 2)
        async with asyncio.timeout(5):
            await worker.drain(timedelta(milliseconds=1))
    assert [bench.status(run) for run in runs].count(ExecutionStatus.PENDING) == 1
    assert len(bench.cancelled) == 2


async def test_takes_a_claim_that_was_on_its_way_when_it_was_drained_and_hands_it_back() -> None:
    bench = Bench()
    bench.accept()
    claim, on_its_way, may_arrive = bench.stage.journal.claim, asyncio.Event(), asyncio.Event()

    async def slow(worker: str, **terms: Any) -> Claim | None:
        claimed = await claim(worker, **terms)
        on_its_way.set()
        await may_arrive.wait()
        return claimed

    bench.stage.journal.claim = slow  # type: ignore[method-assign]
    async with working(bench) as worker:
        await on_its_way.wait()
        draining = asyncio.create_task(worker.drain(timedelta(milliseconds=1)))
        await asyncio.sleep(0.01)
        may_arrive.set()
        await draining
    [stored] = bench.stage.store.rows.executions.values()
    assert (stored.claims, stored.is_waiting(at=bench.stage.clock.now())) == (0, True)


async def test_what_a_claim_on_its_way_takes_is_part_of_its_patience() -> None:
    bench = Bench()
    bench.accept()
    claim, on_its_way = bench.stage.journal.claim, asyncio.Event()

    async def slow(worker: str, **terms: Any) -> Claim | None:
        claimed = await claim(worker, **terms)
        on_its_way.set()
        await asyncio.sleep(0.01)
        bench.stage.clock.advance(timedelta(minutes=1))
        return claimed

    bench.stage.journal.claim = slow  # type: ignore[method-assign]
    async with working(bench) as worker:
        await on_its_way.wait()
        async with asyncio.timeout(10):
            await worker.drain(timedelta(minutes=1))
    assert len(bench.cancelled) == 1


async def test_runs_that_take_for_ever_keep_nobody_elses_from_running() -> None:
    bench = Bench()
    endless = [bench.accept() for _ in range(4)]
    async with working(bench) as worker:
        await until(lambda: len(bench.begun) == TERMS.slots)
        other = bench.accept(owner=a_user("bea@example.com"))
        bench.let_go(other)
        worker.wake()
        await until(lambda: bench.status(other) is ExecutionStatus.COMPLETED)
        assert [bench.status(run) for run in endless].count(ExecutionStatus.PENDING) == 2
        bench.let_go(next(run for run in endless if run.id in bench.begun))
        await until(lambda: len(bench.begun) == TERMS.slots + 2)


async def test_looks_again_when_who_was_passed_over_has_a_free_slot_before_the_answer_is_there() -> None:
    bench = Bench()
    claim, is_asking, may_answer = bench.stage.journal.claim, asyncio.Event(), asyncio.Event()

    async def slow(worker: str, **terms: Any) -> Claim | None:
        claimed = await claim(worker, **terms)
        if terms["passing_over"]:
            is_asking.set()
            await may_answer.wait()
        return claimed

    bench.stage.journal.claim = slow  # type: ignore[method-assign]
    runs = [bench.accept() for _ in range(TERMS.slots + 1)]
    async with working(bench) as worker:
        await is_asking.wait()
        for run in runs:
            bench.let_go(run)
        await until(lambda: worker.busy_with == 0)
        may_answer.set()
        await until(lambda: all(bench.status(run) is ExecutionStatus.COMPLETED for run in runs))
