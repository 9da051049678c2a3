"""A claimed run in progress: its context, how far it has come, and how both get on record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.ports.clock import Clock
from application.ports.run_journal import Claim, Ending, Recollection, RunJournal
from domain.executions.attempt import Attempt
from domain.executions.context import Context, ContextPatch, RetrievalBudget
from domain.executions.execution import ExecutionStatus
from domain.executions.plan import Plan, Wave
from domain.executions.progress import Halt, Progress, skipped_step
from domain.executions.redaction import redacted
from domain.executions.retry import bookkeeping, outcome_of
from domain.executions.snapshot import Snapshot, SnapshotReason
from domain.executions.step import NO_BRANCH_MATCHED, Step, StepStatus, shortened
from domain.ids import NodeId
from domain.values.json import JsonObject
from domain.values.timestamps import timestamp
from domain.workflows.graph import GraphNode


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResult:
    """What became of one node. `error` is set exactly when it failed; `produced` is what edges are judged by."""

    received: JsonObject
    data: JsonObject | None = None
    produced: JsonObject | None = None
    error: str | None = None
    attempts: tuple[Attempt, ...] = ()
    duration_ms: int = 0

    @classmethod
    def refused(cls, error: str) -> "NodeResult":
        """It failed before its first attempt."""
        return cls(received={}, error=shortened(redacted(error)))

    def taking(self, *, duration_ms: int) -> "NodeResult":
        return replace(self, duration_ms=duration_ms)


class Run:
    """Every change of the context happens here; each step goes on record before the next node begins."""

    def __init__(
        self, claim: Claim, recalled: Recollection, *, journal: RunJournal, clock: Clock, budget: RetrievalBudget
    ) -> None:
        self.claim = claim
        self._recalled = recalled
        self._journal = journal
        self._clock = clock
        self.context = recalled.context or Context.opening(claim.payload, budget, at=clock.now())
        self._snapshots = len(recalled.steps) + 1 if recalled.context else 0
        self._unsent = [] if recalled.context else [self._snapshot(SnapshotReason.INIT)]

    @property
    def is_fresh(self) -> bool:
        return self._recalled.context is None

    def follow(self, plan: Plan) -> Progress:
        """Begin `plan`, or take it up again after the steps that are on record."""
        progress = Progress(plan, self.claim.payload)
        if self.is_fresh:
            waves: JsonObject = {"scheduler.waves": [wave.described() for wave in plan.waves]}
            self.context = self.context.patched(ContextPatch(knowledge=waves), at=self._clock.now())
        for step in self._recalled.steps:
            progress.absorb(step, self.context)
        return progress

    def enter_wave(self, wave: Wave, of: int) -> None:
        now: JsonObject = {"index": wave.index, "total": of, "nodes": [node.id for node in wave.nodes]}
        self._remember({"scheduler.currentWave": now})

    def enter_node(self, node: GraphNode) -> None:
        self.context = self.context.working_on(node.id, at=self._clock.now())

    async def pass_over(self, node: GraphNode, progress: Progress) -> None:
        """Record that no taken edge leads to `node`."""
        at = self._clock.now()
        self.context = self.context.done_with(node.id, at=at)
        await self._record(skipped_step(node, progress.recorded + 1, NO_BRANCH_MATCHED, at=at), progress)

    async def settle(self, node: GraphNode, result: NodeResult, progress: Progress) -> None:
        """Record what became of `node`."""
        failed = result.error is not None
        self._remember_outcome(node, result)
        if failed:
            self.context = self.context.halted(at=self._clock.now())
        at = self._clock.now()
        self.context = self.context.done_with(node.id, at=at)
        step = Step(
            sequence=progress.recorded + 1,
            node_id=node.id,
            node_type=node.type,
            status=StepStatus.FAILED if failed else StepStatus.COMPLETED,
            input=result.received,
            output=_recorded_output(result),
            duration_ms=result.duration_ms,
            error=result.error,
            taken_edges=() if failed else progress.taken_edges(node, result.produced or {}),
            attempts=result.attempts,
            created_at=at,
        )
        await self._record(step, progress)

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
        for sequence, node in enumerate(progress.rest(), progress.recorded + 1):
            at_skip = self._clock.now()
            self.context = self.context.done_with(node.id, at=at_skip)
            skipped.append(skipped_step(node, sequence, halt.skip_reason, at=at_skip))
            self._unsent.append(self._snapshot(SnapshotReason.STEP, node.id, node.type))
        return await self._finish(halt, skipped)

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
            context=self.context,
            created_at=self._clock.now(),
        )


def _recorded_output(result: NodeResult) -> JsonObject | None:
    """The node's data with the bookkeeping of its attempts; nothing when it failed before its first attempt."""
    if not result.attempts:
        return result.data
    return {**(result.data or {}), **bookkeeping(result.attempts, error=result.error)}
