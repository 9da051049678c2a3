"""A claimed run in progress: its context, how far it has come, and how both get on record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from application.engine.looked_up import NOTHING_LOOKED_UP, LookedUp
from application.engine.run_node import Retried, Tried, counted
from application.ports.clock import Clock
from application.ports.run_journal import Claim, Ending, Recollection, RunJournal
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.context import Context, ContextPatch, RetrievalBudget
from domain.executions.execution import ExecutionStatus
from domain.executions.limits import RunLimits
from domain.executions.plan import Plan, Wave
from domain.executions.progress import Halt, Progress, skipped_step
from domain.executions.redaction import redacted
from domain.executions.rerun import RETRY_KEY, Again, run_again_because
from domain.executions.retrieval import RetrievalEvent
from domain.executions.retry import bookkeeping, outcome_of
from domain.executions.snapshot import Sizes, Snapshot, SnapshotReason, shown
from domain.executions.step import AFTER_LIMIT, NO_BRANCH_MATCHED, Step, StepStatus, shortened
from domain.ids import NodeId
from domain.values.json import JsonObject, as_object
from domain.values.timestamps import timestamp
from domain.workflows.graph import GraphNode


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResult:
    """What became of one node. `tried` is None when it failed before its first attempt, and then `error` is set.

    `before` is what was looked up ahead of the first attempt.
    """

    received: JsonObject
    before: LookedUp = NOTHING_LOOKED_UP
    tried: Tried | None = None
    error: str | None = None
    duration_ms: int = 0

    @classmethod
    def refused(cls, error: str, *, before: LookedUp = NOTHING_LOOKED_UP) -> "NodeResult":
        """It failed before its first attempt."""
        return cls(received={}, before=before, error=shortened(redacted(error)))

    @classmethod
    def of(cls, tried: Tried, received: JsonObject, *, before: LookedUp = NOTHING_LOOKED_UP) -> "NodeResult":
        return cls(received=received, before=before, tried=tried, error=tried.error)

    def taking(self, *, duration_ms: int) -> "NodeResult":
        return replace(self, duration_ms=duration_ms)

    @property
    def retrievals(self) -> tuple[RetrievalEvent, ...]:
        return (*self.before.events, *(self.tried.retrievals if self.tried else ()))

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return self.tried.attempts if self.tried else ()

    def judged(self, status: AttemptStatus, reason: str | None) -> "NodeResult":
        """With another verdict on its last attempt; a failed one fails the node."""
        if self.tried is None:
            return self
        last = replace(self.attempts[-1], status=status, reason=None if reason is None else shortened(redacted(reason)))
        tried = replace(self.tried, attempts=(*self.attempts[:-1], last))
        if status is not AttemptStatus.FAILED:
            return replace(self, tried=tried)
        return replace(self, tried=replace(tried, output=None, error=last.reason), error=last.reason)


class Run:
    """Every change of the context happens here; each step goes on record before the next is looked at."""

    def __init__(
        self,
        claim: Claim,
        recalled: Recollection,
        *,
        journal: RunJournal,
        clock: Clock,
        budget: RetrievalBudget,
        limits: RunLimits,
    ) -> None:
        self.claim = claim
        self.limits = limits
        self._snapshot_bytes = limits.bytes_of_a_snapshot(len(claim.graph.nodes))
        self.sizes = Sizes()
        self._recalled = recalled
        self._journal = journal
        self._clock = clock
        self.context = recalled.context or Context.opening(claim.payload, budget, at=clock.now())
        self._snapshots = len(recalled.steps) + len(recalled.superseded) + 1 if recalled.context else 0
        self._unsent = [] if recalled.context else [self._snapshot(SnapshotReason.INIT)]

    @property
    def is_fresh(self) -> bool:
        return self._recalled.context is None

    def time_left(self) -> float:
        """Seconds until the run has taken as long as it may; what another worker did of it counts."""
        spent = self._clock.now() - self.claim.started_at
        return self.limits.run_seconds - spent.total_seconds()

    def mind_the_time(self, progress: Progress) -> None:
        """End a run that has work left but no time, also where its graph provides for the failures that come of it."""
        if self.time_left() <= 0 and progress.halt is None and progress.next_wave() is not None:
            progress.halt = Halt(error=self.limits.run_is_late, skip_reason=AFTER_LIMIT)

    def follow(self, plan: Plan) -> Progress:
        """Begin `plan`, or take it up again after the steps that are on record."""
        progress = Progress(plan, self.claim.payload)
        if self.is_fresh:
            waves: JsonObject = {"scheduler.waves": [wave.described() for wave in plan.waves]}
            self.context = self.context.patched(ContextPatch(knowledge=waves), at=self._clock.now())
        progress.supersede(self._recalled.superseded)
        for step in self._recalled.steps:
            progress.absorb(step, self.context)
        return progress

    def input_of(self, node: GraphNode, progress: Progress) -> JsonObject:
        """Its assembled input; where it runs again because somebody rejected what it made, with why."""
        received = progress.assembled_input(node)
        rejection = self.context.memory.get(_rejection_key(node.id))
        return received if rejection is None else {**received, RETRY_KEY: rejection}

    def enter(self, node: GraphNode, wave: Wave, progress: Progress) -> None:
        now: JsonObject = {"index": wave.index, "total": progress.waves, "nodes": [each.id for each in wave.nodes]}
        if as_object(self.context.memory.get("scheduler.currentWave")).get("index") != wave.index:
            self._remember({"scheduler.currentWave": now})
        self.context = self.context.working_on(node.id, at=self._clock.now())

    def take_in(self, result: NodeResult) -> NodeResult:
        """Do to the context what the attempts at a node came to.

        They may have been made beside those of other nodes; what those used up of the run's limits counts before.
        """
        if result.before.patch is not None:
            self.context = self.context.patched(result.before.patch, at=self._clock.now())
        if result.tried is None:
            return result
        for change in result.tried.changes:
            if isinstance(change, ContextPatch):
                self.context = self.context.patched(change, at=self._clock.now())
                continue
            self.context = counted(self.context, change)
            if limit := self.context.control.exceeded():
                return self._cut_short(result, result.tried, change, limit)
        return result

    async def pass_over(self, node: GraphNode, progress: Progress) -> None:
        """Record that no taken edge leads to `node`."""
        at = self._clock.now()
        self.context = self.context.done_with(node.id, at=at)
        await self._record(_skipped(node, progress, NO_BRANCH_MATCHED, at=at), progress)

    async def settle(self, node: GraphNode, result: NodeResult, progress: Progress) -> None:
        """Record what became of `node`."""
        failed = result.error is not None
        self._remember_outcome(node, result)
        if failed and not progress.handles_errors(node):
            self.context = self.context.halted(at=self._clock.now())
        at = self._clock.now()
        self.context = self.context.done_with(node.id, at=at)
        await self._record(self._step(node, result, progress), progress)

    async def rewind(self, node: GraphNode, result: NodeResult, wish: str, again: Again, progress: Progress) -> None:
        """Record that `node` rejected what a node upstream made: that node and all that came of it are to run again."""
        maker = again.maker
        rejection: JsonObject = {"attempt": progress.round_of(maker) + 1, "reason": wish, "requestedBy": node.id}
        self._remember({**self._outdated_rejections(maker, progress), _rejection_key(maker): rejection})
        self.context = self.context.controlled(again.control, at=self._clock.now())
        self.context = self.context.done_with(node.id, at=self._clock.now())
        judging = self._step(node, result.judged(AttemptStatus.RETRY, wish), progress)
        superseded = [*(_run_again(each, node, wish) for each in progress.steps_from(maker)), judging]
        snapshots = [*self._unsent, self._snapshot(SnapshotReason.STEP, node.id, node.type)]
        await self._journal.rewind(self.claim, superseded, checkpoint=self.context, snapshots=snapshots)
        self._unsent = []
        progress.supersede(superseded)

    async def refuse(self, error: str) -> ExecutionStatus:
        """End a run whose graph cannot be executed at all: no steps."""
        self.context = self.context.halted(at=self._clock.now())
        return await self._finish(Halt(error=error, skip_reason=error), [])

    async def finish(self, progress: Progress) -> ExecutionStatus:
        """End the run with the records of the nodes that were not reached."""
        halt = progress.halt or Halt(error=None, skip_reason="")
        if halt.outcome is not None:
            at = timestamp(self._clock.now())
            self._remember(
                {"execution.outcome": {"status": "terminated_by_control", "reason": halt.outcome, "updatedAt": at}}
            )
        skipped = []
        for node in progress.rest():
            at_skip = self._clock.now()
            self.context = self.context.done_with(node.id, at=at_skip)
            skipped.append(_skipped(node, progress, halt.skip_reason, at=at_skip))
            self._unsent.append(self._snapshot(SnapshotReason.STEP, node.id, node.type))
        return await self._finish(halt, skipped)

    def _step(self, node: GraphNode, result: NodeResult, progress: Progress) -> Step:
        failed = result.error is not None
        output = result.tried.output if result.tried else None
        produced = output.produced if output else {}
        is_all = output is not None and output.produced is output.data
        return Step(
            sequence=progress.place(node),
            round=progress.round_of(node.id),
            node_id=node.id,
            node_type=node.type,
            status=StepStatus.FAILED if failed else StepStatus.COMPLETED,
            input=result.received,
            output=_recorded_output(result),
            duration_ms=result.duration_ms,
            error=result.error,
            taken_edges=progress.edges_after_failure(node) if failed else progress.taken_edges(node, produced),
            produced_keys=None if is_all else tuple(produced),
            attempts=result.attempts,
            retrievals=result.retrievals,
            durable=output.durable if output else (),
            created_at=self._clock.now(),
        )

    def _outdated_rejections(self, maker: NodeId, progress: Progress) -> JsonObject:
        """Whoever works from what `maker` makes is not asked again for the sake of an earlier complaint."""
        keys = [_rejection_key(step.node_id) for step in progress.steps_from(maker)]
        return {key: None for key in keys if key in self.context.memory}

    async def _record(self, step: Step, progress: Progress) -> None:
        snapshots = [*self._unsent, self._snapshot(SnapshotReason.STEP, step.node_id, step.node_type)]
        await self._journal.record(self.claim, step, checkpoint=self.context, snapshots=snapshots)
        self._unsent = []
        progress.absorb(step, self.context)

    async def _finish(self, halt: Halt, skipped: Sequence[Step]) -> ExecutionStatus:
        status = ExecutionStatus.COMPLETED if halt.error is None else ExecutionStatus.FAILED
        reason = SnapshotReason.FINAL if halt.error is None else SnapshotReason.ERROR
        error = None if halt.error is None else shortened(halt.error)
        snapshots = [*self._unsent, self._snapshot(reason, self.context.runtime.last_completed_node_id)]
        ending = Ending(status=status, error=error, at=self._clock.now())
        await self._journal.finish(self.claim, ending, skipped=skipped, snapshots=snapshots)
        return status

    def _cut_short(self, result: NodeResult, tried: Tried, last: Retried, limit: str) -> NodeResult:
        return replace(result, tried=tried.cut_short(last.attempt, limit), error=limit)

    def _remember(self, memory: JsonObject) -> None:
        self.context = self.context.patched(ContextPatch(memory=memory), at=self._clock.now())

    def _remember_outcome(self, node: GraphNode, result: NodeResult) -> None:
        outcome: JsonObject = {
            "status": outcome_of(result.attempts, failed=result.error is not None).value,
            "attemptCount": len(result.attempts),
            "updatedAt": timestamp(self._clock.now()),
        }
        if result.error is not None:
            outcome["error"] = result.error
        self._remember({f"retry.outcome.{node.id}": outcome, "retry.lastOutcome": {**outcome, "nodeId": node.id}})

    def _snapshot(
        self, reason: SnapshotReason, node_id: NodeId | None = None, node_type: str | None = None
    ) -> Snapshot:
        self._snapshots += 1
        return Snapshot(
            sequence=self._snapshots,
            reason=reason,
            node_id=node_id,
            node_type=node_type,
            context=shown(self.context, most=self._snapshot_bytes, sizes=self.sizes),
            created_at=self._clock.now(),
        )


def _skipped(node: GraphNode, progress: Progress, reason: str, *, at: datetime) -> Step:
    return skipped_step(node, progress.place(node), reason, at=at, round=progress.round_of(node.id))


def _rejection_key(node_id: NodeId) -> str:
    return f"retry.rejection.{node_id}"


def _run_again(step: Step, judge: GraphNode, wish: str) -> Step:
    """The record of a node whose work was discarded because `judge` rejected it, or what it was made from."""
    if not step.attempts:
        return step
    reason = shortened(redacted(run_again_because(judge.id, wish)))
    last = replace(step.attempts[-1], status=AttemptStatus.RETRY, reason=reason)
    return replace(step, attempts=(*step.attempts[:-1], last))


def _recorded_output(result: NodeResult) -> JsonObject | None:
    """The node's data with the bookkeeping of its attempts; nothing when it failed before its first attempt."""
    if result.tried is None:
        return None
    data = result.tried.output.data if result.tried.output else {}
    return {**data, **bookkeeping(result.attempts, error=result.error)}
