"""Whatever happens to runs in whatever order: one owner at a time, nothing twice, nothing lost, and an end is final."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from adapters.postgres.database import Database
from application.executions.delete_execution import DeleteExecution
from application.executions.stop_execution import StopExecution
from application.maintenance.give_up import GiveUp
from application.ports.run_journal import Claim, Ending
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.errors import ExecutionNotFound, LeaseLost
from domain.executions.execution import STOPPED_BY_USER, Execution, ExecutionStatus
from domain.executions.step import Step, StepStatus
from domain.ids import ExecutionId, UserId
from domain.values.json import JsonObject
from tests.contracts.conftest import Keeping, fake, postgres
from tests.contracts.scenes import LEASE, a_scene
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.job_queue import FakeJobQueue
from tests.make import a_context, a_graph, a_snapshot, a_step

NODES = "abcd"
MAX_CLAIMS = 3
SKIPPED = 0
FAILURES = (ExecutionStatus.FAILED, ExecutionStatus.CANCELED)
WORKERS = st.sampled_from(["w1", "w2", "w3"])

Answer = TypeVar("Answer")


@dataclass
class Expected:
    """What a run has to look like. `recorded` names for each node the epoch that recorded it, or SKIPPED; `discarded`
    are the rounds of nodes that were made anew, in the order in which that happened."""

    run: Execution
    status: ExecutionStatus = ExecutionStatus.PENDING
    epoch: int = 0
    claims: int = 0
    is_leased: bool = False
    error: str | None = None
    recorded: dict[str, int] = field(default_factory=dict)
    discarded: list[tuple[str, int]] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        return self.status is ExecutionStatus.PENDING or (self.is_running and not self.is_leased)

    @property
    def is_claimable(self) -> bool:
        return self.is_waiting and self.claims < MAX_CLAIMS

    @property
    def is_given_up(self) -> bool:
        return self.is_running and not self.is_leased and self.claims >= MAX_CLAIMS

    @property
    def is_running(self) -> bool:
        return self.status is ExecutionStatus.RUNNING

    def is_held_by(self, claim: Claim) -> bool:
        return self.is_running and self.epoch == claim.epoch

    def claimed(self) -> None:
        self.status, self.is_leased = ExecutionStatus.RUNNING, True
        self.epoch += 1
        self.claims += 1

    def ended(self, status: ExecutionStatus, error: str | None) -> None:
        self.status, self.error, self.is_leased = status, error, False
        self.recorded |= dict.fromkeys(self.rest(), SKIPPED)

    def round_of(self, node: str) -> int:
        return 1 + sum(each == node for each, _ in self.discarded)

    def made_anew(self, nodes: Sequence[str]) -> None:
        for node in nodes:
            self.discarded.append((node, self.round_of(node)))
            self.recorded.pop(node, None)

    def rest(self) -> list[str]:
        return [node for node in NODES if node not in self.recorded]


class Histories(RuleBasedStateMachine):
    """Runs of four nodes in the hands of workers that forget, come late and return, while people interfere."""

    runs: Bundle[ExecutionId] = Bundle("runs")
    claims: Bundle[Claim] = Bundle("claims")

    def __init__(self, store: Keeping, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.loop = loop
        self.store = store
        self.journal = store.journal
        self.queue = FakeJobQueue()
        self.clock = FakeClock()
        self.expected: dict[ExecutionId, Expected] = {}
        self.owners: dict[ExecutionId, UserId] = {}
        self.epochs: dict[ExecutionId, int] = {}
        self.ended: dict[ExecutionId, Execution] = {}
        graph = a_graph("a>b", "b>c", "c>d")
        self.scenes = [self.waits(a_scene(store, f"{uuid4()}@example.com", graph)) for _ in range(2)]

    def waits(self, asked: Awaitable[Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(_awaited(asked), self.loop).result(30)

    def teardown(self) -> None:
        self.waits(self._removed())

    async def _removed(self) -> None:
        async with self.store.begin() as work:
            for scene in self.scenes:
                await work.workflows.remove(scene.workflow)
            await work.commit()

    @rule(target=runs, who=st.integers(0, 1), seconds=st.integers(0, 3))
    def somebody_starts_a_run(self, who: int, seconds: int) -> ExecutionId:
        at = NOON + timedelta(seconds=seconds, milliseconds=len(self.owners))
        run = self.waits(self.scenes[who].accept(at=at))
        self.owners[run.id] = run.owner_id
        self.expected[run.id] = Expected(run)
        return run.id

    @rule(target=claims, worker=WORKERS)
    def a_worker_looks_for_work(self, worker: str) -> Any:
        waiting = self._in_line(lambda each: each.is_claimable)
        turn = min(waiting, key=self._runs_at_work_beside, default=None)
        claim = self.waits(self._claim(worker))
        assert (claim and claim.execution_id) == turn
        return multiple() if claim is None else self._taken(claim)

    @rule(target=claims, who=st.integers(0, 1))
    def all_workers_look_for_work_at_once(self, who: int) -> Any:
        """For that of one owner: whose turn it is among several depends on who was faster."""
        owner = self.scenes[who].owner.id
        waiting = self._in_line(lambda each: each.is_claimable and each.run.owner_id == owner)

        async def look() -> list[Claim | None]:
            return list(await asyncio.gather(*(self._claim(f"w{at}", of=owner) for at in range(3))))

        claims = {claim.execution_id: claim for claim in self.waits(look()) if claim is not None}
        assert sorted(claims) == sorted(waiting[:3])
        return multiple(*(self._taken(claims[run]) for run in waiting[:3]))

    @rule(claim=consumes(claims))
    def a_worker_dies(self, claim: Claim) -> None:
        """Nobody hears of it."""

    @rule()
    def time_passes(self) -> None:
        self.waits(self.store.expire_leases())
        self._leases_are_over()

    @rule()
    def a_system_starts_that_knows_of_no_other(self) -> None:
        running = [each for each in self.expected.values() if each.is_running]
        assert self.waits(self.journal.abandon_leases()) == len(running)
        self._leases_are_over()

    @rule(claims=st.lists(claims, max_size=3))
    def heartbeat(self, claims: list[Claim]) -> None:
        ours = {claim.execution_id for claim in claims if self._holds(claim)}
        assert self.waits(self.journal.renew(claims, lease=LEASE)) == ours
        for execution_id in ours:
            self.expected[execution_id].is_leased = True

    @rule(claim=claims)
    def resume(self, claim: Claim) -> None:
        recalled = self.waits(self.journal.recall(claim))
        if self._holds(claim):
            kept = {str(step.node_id): step.output for step in recalled.steps}
            recorded = self.expected[claim.execution_id].recorded
            assert kept == {node: {"by": epoch} for node, epoch in recorded.items()}
            discarded = self.expected[claim.execution_id].discarded
            assert (recalled.context is None) == (not recorded and not discarded)
            rounds = [(str(step.node_id), step.round) for step in recalled.superseded]
            assert rounds == sorted(discarded, key=lambda each: (each[1], each[0]))

    @rule(claim=claims, times=st.integers(1, 2))
    def record_the_next_step(self, claim: Claim, times: int) -> None:
        """Twice when the first answer got lost."""
        rest = self._rest(claim)
        node = rest[0] if rest else NODES[-1]
        for _ in range(times):
            if self._is_written(claim, self._record(claim, node)):
                self.expected[claim.execution_id].recorded.setdefault(node, claim.epoch)

    @rule(claim=claims, first=st.sampled_from(NODES), times=st.integers(1, 2))
    def make_anew_from(self, claim: Claim, first: str, times: int) -> None:
        """Twice when the first answer got lost."""
        expected = self.expected.get(claim.execution_id)
        nodes = [node for node in NODES if node >= first and expected is not None and node in expected.recorded]
        steps = [self._step(claim, node) for node in nodes or [first]]
        for at in range(times):
            if self._is_written(claim, self._rewind(claim, steps)) and at == 0:
                self.expected[claim.execution_id].made_anew([str(step.node_id) for step in steps])

    @rule(target=claims, steps=st.integers(1, 4), anew=st.sampled_from(NODES), times=st.integers(0, 2))
    def a_worker_gets_on(self, steps: int, anew: str, times: int) -> Any:
        """So that there is something on record for whatever happens next."""
        claim = self.waits(self._claim("w1"))
        if claim is None:
            return multiple()
        self._taken(claim)
        for _ in range(steps):
            self.record_the_next_step(claim=claim, times=1)
        if times:
            self.make_anew_from(claim=claim, first=anew, times=times)
        return claim

    @rule(target=claims, says=st.sampled_from(["recorded", "anew", "finished"]))
    def a_worker_comes_late(self, says: str) -> Any:
        """Somebody else has taken over by then."""
        late = self.waits(self._claim("w1"))
        if late is None:
            return multiple()
        self._taken(late)
        self.time_passes()
        successor = self.waits(self._claim("w2", of=self.owners[late.execution_id]))
        claims = [late] if successor is None else [late, self._taken(successor)]
        match says:
            case "recorded":
                self.record_the_next_step(claim=late, times=1)
            case "anew":
                self.make_anew_from(claim=late, first=NODES[0], times=1)
            case _:
                self.finish(claim=late, error=None)
        return multiple(*claims)

    @rule(claim=claims, error=st.sampled_from([None, "it went wrong"]))
    def finish(self, claim: Claim, error: str | None) -> None:
        if self._is_written(claim, self._finish(claim, error)):
            status = ExecutionStatus.COMPLETED if error is None else ExecutionStatus.FAILED
            self.expected[claim.execution_id].ended(status, error)

    @rule(claims=st.lists(claims, min_size=1, max_size=3, unique_by=lambda claim: (claim.execution_id, claim.epoch)))
    def hand_back(self, claims: list[Claim]) -> None:
        ours = [self.expected[claim.execution_id] for claim in claims if self._holds(claim)]
        self.waits(self.journal.hand_back(claims))
        for each in ours:
            each.is_leased = False
            each.claims -= 1
            each.epoch += 1

    @rule(run=runs)
    def somebody_stops_a_run(self, run: ExecutionId) -> None:
        expected = self.expected.get(run)
        try:
            status = self.waits(self._stop(run))
        except ExecutionNotFound:
            assert expected is None
            return
        assert expected is not None
        if not expected.status.is_final:
            expected.ended(ExecutionStatus.CANCELED, STOPPED_BY_USER)
        assert status is expected.status

    @rule(run=runs)
    def somebody_removes_a_run(self, run: ExecutionId) -> None:
        remove = DeleteExecution(begin=self.store.begin, queue=self.queue)
        if run in self.expected:
            self.waits(remove(execution_id=run, actor_id=self.owners[run]))
            del self.expected[run]

    @rule()
    def give_up_what_killed_its_workers(self) -> None:
        lost = [each for each in self.expected.values() if each.is_given_up]
        give_up = GiveUp(begin=self.store.begin, clock=self.clock, max_claims=MAX_CLAIMS)
        assert self.waits(give_up()) == len(lost)
        for each in lost:
            error = f"Execution was abandoned: {MAX_CLAIMS} workers in a row stopped before finishing it"
            each.ended(ExecutionStatus.FAILED, error)

    @rule(claim=claims)
    def stop_and_finish_and_take_over_at_once(self, claim: Claim) -> None:
        """The fence lets exactly one end through; a take-over never sees a run that is over."""
        if not self._holds(claim):
            return
        run = claim.execution_id

        async def race() -> tuple[Any, ...]:
            late = self._claim("late", of=self.owners[run])
            rivals = (self._finish(claim, None), self._stop(run), self._record(claim, NODES[-1]), late)
            return tuple(await asyncio.gather(*rivals, return_exceptions=True))

        finished, stopped, recorded, taken = self.waits(race())
        assert finished is None or isinstance(finished, LeaseLost)
        assert recorded is None or isinstance(recorded, LeaseLost)
        expected = self.expected[run]
        if isinstance(taken, Claim):
            self._taken(taken)
        if recorded is None:
            expected.recorded.setdefault(NODES[-1], claim.epoch)
        if finished is None:
            assert stopped is ExecutionStatus.COMPLETED
            expected.ended(ExecutionStatus.COMPLETED, None)
        else:
            assert stopped is ExecutionStatus.CANCELED
            expected.ended(ExecutionStatus.CANCELED, STOPPED_BY_USER)

    @invariant()
    def every_run_is_as_it_must_be(self) -> None:
        for run, expected in self.expected.items():
            self._check(self.waits(self._stored(expected.run)), expected)
            detail = self.waits(self.store.executions.detail(run, expected.run.owner_id))
            steps = msgspec.json.decode(detail)["steps"]
            by = {step["nodeId"]: (step["output"] or {}).get("by", SKIPPED) for step in steps}
            assert (len(by), by) == (len(steps), expected.recorded)

    @invariant()
    def no_run_is_lost(self) -> None:
        waiting = list(self.waits(self.journal.waiting(limit=999)))
        assert waiting == self._in_line(lambda each: each.is_waiting)
        for run, expected in self.expected.items():
            owned = expected.is_running and expected.is_leased
            assert [owned, run in waiting, expected.status.is_final].count(True) == 1

    def _check(self, stored: Execution, expected: Expected) -> None:
        seen = (stored.status, stored.epoch, stored.claims, stored.error_message)
        assert seen == (expected.status, expected.epoch, expected.claims, expected.error)
        assert stored.epoch >= self.epochs.get(stored.id, 0)
        self.epochs[stored.id] = stored.epoch
        assert (stored.finished_at is not None) == stored.status.is_final
        assert (stored.error_message is None) == (stored.status not in FAILURES)
        assert (stored.started_at is not None) == (stored.epoch > 0)
        if stored.status.is_final:
            assert stored.lease is None
            assert stored == self.ended.setdefault(stored.id, stored)

    def _is_written(self, claim: Claim, writing: Awaitable[None]) -> bool:
        """Exactly when the claim still holds."""
        try:
            self.waits(writing)
        except LeaseLost:
            assert not self._holds(claim)
            return False
        assert self._holds(claim)
        return True

    def _holds(self, claim: Claim) -> bool:
        expected = self.expected.get(claim.execution_id)
        return expected is not None and expected.is_held_by(claim)

    def _rest(self, claim: Claim) -> list[str]:
        expected = self.expected.get(claim.execution_id)
        return list(NODES) if expected is None else expected.rest()

    def _taken(self, claim: Claim) -> Claim:
        expected = self.expected[claim.execution_id]
        assert expected.is_claimable
        expected.claimed()
        assert (claim.epoch, claim.is_resumed) == (expected.epoch, expected.epoch > 1)
        return claim

    def _leases_are_over(self) -> None:
        for each in self.expected.values():
            each.is_leased = False

    def _in_line(self, which: Callable[[Expected], bool]) -> list[ExecutionId]:
        chosen = [each.run for each in self.expected.values() if which(each)]
        return [run.id for run in sorted(chosen, key=lambda run: (run.created_at, run.id))]

    def _runs_at_work_beside(self, run: ExecutionId) -> int:
        beside = (each for each in self.expected.values() if each.run.owner_id == self.owners[run])
        return sum(each.is_running and each.is_leased for each in beside)

    async def _stored(self, run: Execution) -> Execution:
        async with self.store.begin() as work:
            return await work.executions.get(run.id, run.owner_id)

    async def _claim(self, worker: str, *, of: UserId | None = None) -> Claim | None:
        others = [scene.owner.id for scene in self.scenes if of is not None and scene.owner.id != of]
        return await self.journal.claim(worker, lease=LEASE, max_claims=MAX_CLAIMS, passing_over=others)

    async def _record(self, claim: Claim, node: str) -> None:
        step = self._step(claim, node)
        await self.journal.record(claim, step, checkpoint=a_context(), snapshots=[a_snapshot(step.sequence)])

    async def _rewind(self, claim: Claim, steps: Sequence[Step]) -> None:
        await self.journal.rewind(claim, steps, checkpoint=a_context(), snapshots=[a_snapshot(9)])

    def _step(self, claim: Claim, node: str) -> Step:
        expected = self.expected.get(claim.execution_id)
        this = 1 if expected is None else expected.round_of(node)
        attempts = tuple(
            Attempt(number=each, status=AttemptStatus.COMPLETED, duration_ms=3) for each in range(1, this + 1)
        )
        output: JsonObject = {"by": claim.epoch}
        return a_step(NODES.index(node) + 1, node, output=output, round=this, attempts=attempts)

    async def _finish(self, claim: Claim, error: str | None) -> None:
        status = ExecutionStatus.COMPLETED if error is None else ExecutionStatus.FAILED
        ending = Ending(status=status, error=error, at=NOON)
        skipped = [_skipped(node) for node in self._rest(claim)]
        await self.journal.finish(claim, ending, skipped=skipped, snapshots=[a_snapshot(9)])

    async def _stop(self, run: ExecutionId) -> ExecutionStatus:
        stop = StopExecution(begin=self.store.begin, queue=self.queue, clock=self.clock)
        return await stop(execution_id=run, actor_id=self.owners[run])


async def _awaited(asked: Awaitable[Answer]) -> Answer:
    return await asked


def _skipped(node: str) -> Step:
    return a_step(NODES.index(node) + 1, node, status=StepStatus.SKIPPED, output=None, attempts=(), taken_edges=())


async def go_through(open_store: Callable[[], Keeping], *, examples: int, steps: int) -> None:
    """The histories are told in a thread; the store is asked in the loop that it was opened in."""
    loop = asyncio.get_running_loop()
    rehearsed = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )

    def begin() -> Histories:
        return Histories(open_store(), loop)

    await asyncio.to_thread(run_state_machine_as_test, begin, settings=rehearsed)  # type: ignore[arg-type]


async def test_keeps_its_promises_in_any_order_of_events_in_memory() -> None:
    await go_through(fake, examples=100, steps=40)


async def test_keeps_its_promises_in_any_order_of_events_in_postgres(database: Database) -> None:
    await go_through(lambda: postgres(database), examples=40, steps=30)
