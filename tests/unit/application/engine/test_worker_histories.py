"""Workers die, freeze and come back late, people stop runs: every run ends, and as if nothing had happened."""

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from application.engine.worker import Worker, WorkerTerms
from application.executions.stop_execution import StopExecution
from application.maintenance.give_up import GiveUp
from application.nodes.catalogue import CATALOGUE
from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from application.ports.run_journal import Claim, Ending, Recollection, RunJournal
from domain.executions.context import Context
from domain.executions.execution import STOPPED_BY_USER, Execution, ExecutionStatus
from domain.executions.retry import RetryDirective
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, NodeId, UserId
from domain.values.json import JsonObject
from domain.workflows.graph import Graph
from tests.fakes.job_queue import FakeJobQueue
from tests.make import an_edge
from tests.unit.application.engine.stage import BOOKKEEPING, Record, Stage, drawn, node

TERMS = WorkerTerms(slots=2, max_claims=3)
TURNS_PER_SLEEP = 5

Answer = TypeVar("Answer")

ON_RECORD: ContextVar[frozenset[tuple[NodeId, int]]] = ContextVar(
    "nodes that had a step of a round when this worker began", default=frozenset()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """Takes some turns of the loop, so that something can happen in the middle of it, and never runs again for
    somebody who could have read its step.
    """

    type: ClassVar[str] = "slow"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = True

    @classmethod
    def configured(cls, fields: ConfigReader) -> "Slow":
        return cls()

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        assert (context.node_id, context.round) not in ON_RECORD.get()
        await turns(4)
        own: JsonObject = {f"ran {context.node_id}": len(received), "round": context.round}
        return NodeOutput.adding(received, own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picky:
    """Wants whatever made the last `round` to be made anew, once."""

    type: ClassVar[str] = "picky"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = True

    @classmethod
    def configured(cls, fields: ConfigReader) -> "Picky":
        return cls()

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        await turns(1)
        retry = RetryDirective(reason="once more", of="round") if received.get("round") == 1 else None
        return NodeOutput.adding(received, {"judged": True}, retry=retry)


KINDS: dict[str, dict[str, Any]] = {
    "slow": {},
    "picky": {},
    "memory-write": {"memoryKey": "n", "operation": "increment"},
    "condition": {"field": "ran a", "operator": "exists"},
    "memory-read": {"memoryKey": "nothing", "required": True},
}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    names = "abcdef"[: draw(st.integers(1, 6))]
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8)) if pairs else []
    kinds = [draw(st.sampled_from(["slow", "slow", "slow", "picky", "picky", "memory-write", *KINDS])) for _ in names]
    edges = tuple(an_edge(*pair, draw(st.sampled_from([None, None, True, False]))) for pair in chosen)
    return drawn(*(node(name, kind, **KINDS[kind]) for name, kind in zip(names, kinds, strict=True)), edges=edges)


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


class TurningClock:
    """Sleeping takes some turns of the loop; time itself stands still."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def now(self) -> datetime:
        return self._stage.clock.now()

    def monotonic(self) -> float:
        return self._stage.clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await turns(TURNS_PER_SLEEP)


@dataclass
class FarJournal:
    """Neither questions nor answers get through while the gate is closed; between both, somebody else may be faster."""

    journal: RunJournal
    gate: asyncio.Event

    async def claim(
        self, worker: str, *, lease: timedelta, max_claims: int, passing_over: Collection[UserId] = ()
    ) -> Claim | None:
        return await self._there_and_back(
            self.journal.claim(worker, lease=lease, max_claims=max_claims, passing_over=passing_over)
        )

    async def recall(self, claim: Claim) -> Recollection:
        return await self._there_and_back(self.journal.recall(claim))

    async def record(self, claim: Claim, step: Step, *, checkpoint: Context, snapshots: Sequence[Snapshot]) -> None:
        await self._there_and_back(self.journal.record(claim, step, checkpoint=checkpoint, snapshots=snapshots))

    async def rewind(
        self, claim: Claim, superseded: Sequence[Step], *, checkpoint: Context, snapshots: Sequence[Snapshot]
    ) -> None:
        await self._there_and_back(self.journal.rewind(claim, superseded, checkpoint=checkpoint, snapshots=snapshots))

    async def finish(
        self, claim: Claim, ending: Ending, *, skipped: Sequence[Step], snapshots: Sequence[Snapshot]
    ) -> None:
        await self._there_and_back(self.journal.finish(claim, ending, skipped=skipped, snapshots=snapshots))

    async def renew(self, claims: Collection[Claim], *, lease: timedelta) -> set[ExecutionId]:
        return await self._there_and_back(self.journal.renew(claims, lease=lease))

    async def hand_back(self, claims: Collection[Claim]) -> None:
        await self._there_and_back(self.journal.hand_back(claims))

    async def waiting(self, *, limit: int) -> Sequence[ExecutionId]:
        return await self._there_and_back(self.journal.waiting(limit=limit))

    async def abandon_leases(self) -> int:
        return await self._there_and_back(self.journal.abandon_leases())

    async def _there_and_back(self, call: Coroutine[Any, Any, Answer]) -> Answer:
        try:
            await turns(1)
            await self.gate.wait()
        except BaseException:
            call.close()
            raise
        answer = await call
        await turns(1)
        await self.gate.wait()
        return answer


@dataclass
class Process:
    worker: Worker
    gate: asyncio.Event
    loop: asyncio.Task[None]


@dataclass
class Accepted:
    run: Execution
    undisturbed: Record
    discarded: list[tuple[NodeId, int]]
    is_stopped: bool = False
    seen: list[ExecutionStatus] = field(default_factory=list)


class WorkerHistories(RuleBasedStateMachine):
    """Processes come and go on one store while runs are started and stopped."""

    processes: Bundle[Process] = Bundle("processes")
    runs: Bundle[ExecutionId] = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stage = Stage(catalogue={**CATALOGUE, Slow.type: Slow, Picky.type: Picky})
        self.clock = TurningClock(self.stage)
        self.alive: list[Process] = []
        self.accepted: dict[ExecutionId, Accepted] = {}

    @rule(target=runs, graph=graphs())
    def somebody_starts_a_run(self, graph: Graph) -> ExecutionId:
        return self._accepted(graph)

    @initialize(target=runs, graph=graphs())
    def a_run_is_there(self, graph: Graph) -> ExecutionId:
        return self._accepted(graph)

    @initialize(target=processes)
    def a_process_is_there(self) -> Process:
        return self.runner.run(self._started())

    @rule(target=processes)
    def a_process_starts(self) -> Process:
        return self.runner.run(self._started())

    @rule(process=consumes(processes))
    def a_process_is_killed(self, process: Process) -> None:
        """From here on it reaches nothing and nothing reaches it."""
        process.gate.clear()
        self._forget(process)

    @rule(process=processes)
    def a_process_freezes(self, process: Process) -> None:
        process.gate.clear()

    @rule(process=processes)
    def a_process_goes_on(self, process: Process) -> None:
        process.gate.set()

    @rule(process=processes, meanwhile=st.integers(1, 40), afterwards=st.integers(1, 40))
    def a_process_is_late(self, process: Process, meanwhile: int, afterwards: int) -> None:
        """It freezes for longer than its leases last, and others go on with what it had."""
        process.gate.clear()
        self.leases_run_out()
        self.runner.run(self._started())
        self.work_goes_on(meanwhile)
        process.gate.set()
        self.work_goes_on(afterwards)

    @rule(process=consumes(processes))
    def a_process_is_asked_to_end(self, process: Process) -> None:
        self._forget(process)
        self.runner.get_loop().create_task(process.worker.drain(timedelta(0)))

    @rule(count=st.integers(1, 30))
    def work_goes_on(self, count: int) -> None:
        for process in self.alive:
            process.worker.wake()
        self.runner.run(turns(count))

    @rule()
    def leases_run_out(self) -> None:
        self.stage.clock.advance(TERMS.lease)

    @rule()
    def hopeless_runs_are_given_up(self) -> None:
        self.runner.run(self._give_up())

    @rule(run=runs, is_told=st.booleans())
    def somebody_stops_a_run(self, run: ExecutionId, is_told: bool) -> None:
        """`is_told` when the ring reaches the workers, who otherwise learn of it at a heartbeat."""
        stop = StopExecution(begin=self.stage.store.begin, queue=FakeJobQueue(), clock=self.clock)
        status = self.runner.run(stop(execution_id=run, actor_id=self.stage.owner.id))
        self.accepted[run].is_stopped |= status is ExecutionStatus.CANCELED
        for process in self.alive if is_told else ():
            process.worker.drop(run)

    @invariant()
    def an_end_is_final(self) -> None:
        for each in self.accepted.values():
            status = self._stored(each.run).status
            assert not each.seen or not each.seen[-1].is_final or status is each.seen[-1]
            each.seen.append(status)
            if each.is_stopped:
                assert status is ExecutionStatus.CANCELED

    def teardown(self) -> None:
        try:
            self.runner.run(self._all_over())
            for each in self.accepted.values():
                self._check(each, self.runner.run(self.stage.record_of(each.run)))
        finally:
            self.runner.close()

    def _accepted(self, graph: Graph) -> ExecutionId:
        elsewhere = Stage(catalogue=self.stage.catalogue)
        undisturbed = self.runner.run(elsewhere.ran(graph, {"p": 1}))
        run = self.stage.accept(graph, {"p": 1})
        [discarded] = elsewhere.store.rows.superseded.values() or [()]
        self.accepted[run.id] = Accepted(run, undisturbed, _rounds(discarded))
        return run.id

    async def _started(self) -> Process:
        gate = asyncio.Event()
        gate.set()
        journal = FarJournal(self.stage.journal, gate)
        engine = replace(self.stage.engine, journal=journal)

        async def execute(claim: Claim) -> ExecutionStatus:
            rows = self.stage.store.rows
            steps = (*rows.steps.get(claim.execution_id, ()), *rows.superseded.get(claim.execution_id, ()))
            ON_RECORD.set(frozenset((step.node_id, step.round) for step in steps))
            return await engine(claim)

        worker = Worker(name="w", journal=journal, execute=execute, clock=self.clock, log=self.stage.log, terms=TERMS)
        process = Process(worker, gate, asyncio.create_task(worker.run()))
        self.alive.append(process)
        return process

    def _forget(self, process: Process) -> None:
        self.alive.remove(process)

    async def _give_up(self) -> None:
        await GiveUp(begin=self.stage.store.begin, clock=self.clock, max_claims=TERMS.max_claims)()

    async def _all_over(self) -> None:
        """A fresh process alone has to end what the others left, however they left it."""
        for process in self.alive:
            process.gate.clear()
        fresh = await self._started()
        for _ in range(20 * (len(self.accepted) + 1)):
            if all(self._stored(each.run).status.is_final for each in self.accepted.values()):
                return
            fresh.worker.wake()
            await turns(50)
            await self._give_up()
            if fresh.worker.busy_with == 0:
                self.stage.clock.advance(TERMS.lease)
        raise AssertionError("runs are left over")

    def _stored(self, run: Execution) -> Execution:
        return self.stage.store.rows.executions[run.id]

    def _check(self, accepted: Accepted, record: Record) -> None:
        steps, graph = record.whole["steps"], accepted.run.graph
        place = {step["nodeId"]: at for at, step in enumerate(steps)}
        assert sorted(place) == sorted(each.id for each in graph.nodes)
        assert len(place) == len(steps)
        sequences = [step.sequence for step in self.stage.store.rows.steps[accepted.run.id]]
        assert sorted(sequences) == list(range(1, len(steps) + 1))
        assert all(place[edge.source] < place[edge.target] for edge in graph.edges)
        if accepted.is_stopped:
            assert record.status == ("canceled", STOPPED_BY_USER)
        elif _was_abandoned(record):
            assert self._stored(accepted.run).claims >= TERMS.max_claims
        else:
            assert record.status == accepted.undisturbed.status
            assert _told(record) == _told(accepted.undisturbed)
            assert _rounds(self.stage.store.rows.superseded.get(accepted.run.id, ())) == accepted.discarded
            assert record.state["memory"].get("n", 0) == accepted.undisturbed.state["memory"].get("n", 0)


def _rounds(discarded: Sequence[Step]) -> list[tuple[NodeId, int]]:
    return [(step.node_id, step.round) for step in discarded]


def _was_abandoned(record: Record) -> bool:
    return (record.whole["errorMessage"] or "").startswith("Execution was abandoned")


def _told(record: Record) -> list[tuple[object, ...]]:
    """What must not depend on who worked on it when."""
    return [
        (step["nodeId"], step["status"], step["error"], _timeless(step["input"]), _timeless(step["output"] or {}))
        for step in record.whole["steps"]
    ]


def _timeless(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in (*BOOKKEEPING, "_memoryWrite")}


def test_ends_every_run_as_if_nothing_had_happened() -> None:
    often = settings(max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(WorkerHistories, settings=often)
