"""A journal that outlasts a short outage of the store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from application.engine.patience import Patience
from application.ports.run_journal import Claim, Ending, Recollection, RunJournal
from domain.executions.context import Context
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientJournal:
    """Repeats what must not get lost: a step was executed, so its record is worth waiting for.

    All repeated writes are fenced and change nothing the second time, so an answer that got lost does no harm.
    Claims and renewals are not repeated: their callers come back by themselves.
    """

    journal: RunJournal
    patience: Patience

    async def claim(
        self, worker: str, *, lease: timedelta, max_claims: int, passing_over: Collection[UserId] = ()
    ) -> Claim | None:
        return await self.journal.claim(worker, lease=lease, max_claims=max_claims, passing_over=passing_over)

    async def recall(self, claim: Claim) -> Recollection:
        return await self.patience.insisting(lambda: self.journal.recall(claim))

    async def record(self, claim: Claim, step: Step, *, checkpoint: Context, snapshots: Sequence[Snapshot]) -> None:
        await self.patience.insisting(
            lambda: self.journal.record(claim, step, checkpoint=checkpoint, snapshots=snapshots)
        )

    async def rewind(
        self, claim: Claim, superseded: Sequence[Step], *, checkpoint: Context, snapshots: Sequence[Snapshot]
    ) -> None:
        await self.patience.insisting(
            lambda: self.journal.rewind(claim, superseded, checkpoint=checkpoint, snapshots=snapshots)
        )

    async def finish(
        self, claim: Claim, ending: Ending, *, skipped: Sequence[Step], snapshots: Sequence[Snapshot]
    ) -> None:
        await self.patience.insisting(lambda: self.journal.finish(claim, ending, skipped=skipped, snapshots=snapshots))

    async def renew(self, claims: Collection[Claim], *, lease: timedelta) -> set[ExecutionId]:
        return await self.journal.renew(claims, lease=lease)

    async def hand_back(self, claims: Collection[Claim]) -> None:
        await self.journal.hand_back(claims)

    async def waiting(self, *, limit: int) -> Sequence[ExecutionId]:
        return await self.journal.waiting(limit=limit)

    async def abandon_leases(self) -> int:
        return await self.journal.abandon_leases()
