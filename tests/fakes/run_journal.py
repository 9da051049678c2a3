"""The run journal over rows in memory."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from application.ports.run_journal import Claim, Ending, Recollection
from domain.executions.context import Context
from domain.executions.errors import LeaseLost
from domain.executions.execution import Execution, ExecutionStatus
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, UserId
from tests.fakes.store import FakeStore, Rows
from tests.fakes.workflow_memory import remember


class FakeRunJournal:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def claim(
        self, worker: str, *, lease: timedelta, max_claims: int, passing_over: Collection[UserId] = ()
    ) -> Claim | None:
        now = self._store.clock.now()
        at_work = Counter(each.owner_id for each in self._store.rows.executions.values() if each.is_at_work(at=now))
        for waiting in sorted(self._waiting(), key=lambda each: at_work[each.owner_id]):
            if waiting.claims < max_claims and waiting.owner_id not in passing_over:
                claimed = waiting.claimed(worker, lease=lease, at=now)
                self._store.rows.executions[claimed.id] = claimed
                return _claim(claimed)
        return None

    async def recall(self, claim: Claim) -> Recollection:
        rows = self._store.rows
        context = rows.checkpoints.get(claim.execution_id)
        if context is None:
            return Recollection()
        return Recollection(
            steps=rows.steps.get(claim.execution_id, ()),
            superseded=rows.superseded.get(claim.execution_id, ()),
            context=context,
        )

    async def record(self, claim: Claim, step: Step, *, checkpoint: Context, snapshots: Sequence[Snapshot]) -> None:
        rows = self._fenced(claim)
        rows.checkpoints[claim.execution_id] = checkpoint
        if step.node_id not in {each.node_id for each in rows.steps.get(claim.execution_id, ())}:
            remember(rows, claim.workflow_id, step.durable, at=self._store.clock.now())
        self._keep(rows, claim.execution_id, [step], snapshots)

    async def rewind(
        self, claim: Claim, superseded: Sequence[Step], *, checkpoint: Context, snapshots: Sequence[Snapshot]
    ) -> None:
        rows = self._fenced(claim)
        rows.checkpoints[claim.execution_id] = checkpoint
        gone = {step.node_id for step in superseded}
        rows.steps[claim.execution_id] = tuple(
            step for step in rows.steps.get(claim.execution_id, ()) if step.node_id not in gone
        )
        kept = {(each.node_id, each.round): each for each in rows.superseded.get(claim.execution_id, ())}
        kept |= {(step.node_id, step.round): step for step in superseded}
        in_order = sorted(kept.values(), key=lambda step: (step.round, step.sequence))
        rows.superseded[claim.execution_id] = tuple(in_order)
        self._keep(rows, claim.execution_id, [], snapshots)

    async def finish(
        self, claim: Claim, ending: Ending, *, skipped: Sequence[Step], snapshots: Sequence[Snapshot]
    ) -> None:
        rows = self._fenced(claim)
        self._keep(rows, claim.execution_id, skipped, snapshots)
        rows.checkpoints.pop(claim.execution_id, None)
        rows.executions[claim.execution_id] = replace(
            rows.executions[claim.execution_id],
            status=ending.status,
            error_message=ending.error,
            finished_at=ending.at,
            lease=None,
        )

    async def renew(self, claims: Collection[Claim], *, lease: timedelta) -> set[ExecutionId]:
        now = self._store.clock.now()
        ours = {claim.execution_id for claim in claims if self._holds(claim)}
        for each in ours:
            execution = self._store.rows.executions[each]
            self._store.rows.executions[each] = execution.renewed(lease=lease, at=now) if execution.lease else execution
        return ours

    async def hand_back(self, claims: Collection[Claim]) -> None:
        for claim in claims:
            if self._holds(claim):
                execution = self._store.rows.executions[claim.execution_id]
                self._store.rows.executions[claim.execution_id] = execution.handed_back()

    async def waiting(self, *, limit: int) -> Sequence[ExecutionId]:
        return [each.id for each in self._waiting()][:limit]

    async def abandon_leases(self) -> int:
        now = self._store.clock.now()
        running = [each for each in self._store.rows.executions.values() if each.status is ExecutionStatus.RUNNING]
        for each in running:
            expired = each.renewed(lease=timedelta(0), at=now) if each.lease else each
            self._store.rows.executions[each.id] = expired
        return len(running)

    def _waiting(self) -> list[Execution]:
        now = self._store.clock.now()
        waiting = [each for each in self._store.rows.executions.values() if each.is_waiting(at=now)]
        return sorted(waiting, key=lambda each: (each.created_at, each.id))

    def _holds(self, claim: Claim) -> bool:
        stored = self._store.rows.executions.get(claim.execution_id)
        return stored is not None and stored.status is ExecutionStatus.RUNNING and stored.epoch == claim.epoch

    def _fenced(self, claim: Claim) -> Rows:
        if not self._holds(claim):
            raise LeaseLost
        return self._store.rows

    def _keep(self, rows: Rows, execution_id: ExecutionId, steps: Sequence[Step], snaps: Sequence[Snapshot]) -> None:
        """What is there already stays as it is."""
        kept, seen = rows.steps.get(execution_id, ()), rows.snapshots.get(execution_id, ())
        known, numbers = {step.node_id for step in kept}, {each.sequence for each in seen}
        every = [*kept, *(step for step in steps if step.node_id not in known)]
        rows.steps[execution_id] = tuple(sorted(every, key=lambda step: step.sequence))
        rows.snapshots[execution_id] = (*seen, *(each for each in snaps if each.sequence not in numbers))


def _claim(execution: Execution) -> Claim:
    assert execution.started_at is not None
    return Claim(
        execution_id=execution.id,
        workflow_id=execution.workflow_id,
        owner_id=execution.owner_id,
        epoch=execution.epoch,
        graph=execution.graph,
        payload=execution.payload,
        started_at=execution.started_at,
        is_resumed=execution.epoch > 1,
    )
