"""What workers read and write about runs: each call is one statement, fenced by the claim's epoch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from domain.executions.context import Context
from domain.executions.execution import ExecutionStatus
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, UserId, WorkflowId
from domain.values.json import JsonObject
from domain.workflows.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A run in the hands of one worker: all it needs to work, and the epoch that fences its writes."""

    execution_id: ExecutionId
    workflow_id: WorkflowId
    owner_id: UserId
    epoch: int
    graph: Graph = field(repr=False)
    payload: JsonObject = field(repr=False)
    started_at: datetime
    is_resumed: bool
    """Somebody worked on it before: ask `recall` how far they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """How far a run had come: steps in order of sequence, and the context after the last of them.

    `superseded` are the steps of earlier rounds, in order of round and sequence.
    """

    steps: Sequence[Step] = ()
    superseded: Sequence[Step] = ()
    context: Context | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ends: `status` is final, `error` set exactly when it failed."""

    status: ExecutionStatus
    error: str | None
    at: datetime


class RunJournal(Protocol):
    """The store's own clock judges leases, so that workers' clocks need not agree.

    Raise Unavailable from any call when the store cannot be reached.
    """

    async def claim(
        self, worker: str, *, lease: timedelta, max_claims: int, passing_over: Collection[UserId] = ()
    ) -> Claim | None:
        """Take a waiting run, or None when nothing waits. Two workers never get the same epoch of one.

        Whoever has the fewest runs at work comes first; among equals, and among one owner's runs, the oldest does.
        Waiting is: pending, or running with an expired lease and fewer than `max_claims` claims. The runs of owners who
        are to be passed over do not count.
        """

    async def recall(self, claim: Claim) -> Recollection:
        """What earlier owners of this run recorded."""

    async def record(self, claim: Claim, step: Step, *, checkpoint: Context, snapshots: Sequence[Snapshot]) -> None:
        """Keep a step, its attempts, what it looked up, its snapshots and the context to resume from: all of it or
        nothing.

        Raise LeaseLost when the run has another epoch or is over; nothing is written then.
        """

    async def rewind(
        self, claim: Claim, superseded: Sequence[Step], *, checkpoint: Context, snapshots: Sequence[Snapshot]
    ) -> None:
        """Take these steps off the record, where they were on it, and keep them as superseded, with their attempts as
        they are given: all of it or nothing. The steps of the same nodes in later rounds can be recorded then.

        Raise LeaseLost as `record` does.
        """

    async def finish(
        self, claim: Claim, ending: Ending, *, skipped: Sequence[Step], snapshots: Sequence[Snapshot]
    ) -> None:
        """Keep the end with the records of the nodes that were not reached. Raise LeaseLost as `record` does."""

    async def renew(self, claims: Collection[Claim], *, lease: timedelta) -> set[ExecutionId]:
        """Prolong the leases of those that still belong to these claims and still run; return their ids."""

    async def hand_back(self, claims: Collection[Claim]) -> None:
        """Free them for the next worker at once, without counting the claim. Lost ones are left alone."""

    async def waiting(self, *, limit: int) -> Sequence[ExecutionId]:
        """Runs that `claim` could take now, oldest first."""

    async def abandon_leases(self) -> int:
        """Expire every lease at once, for a start at which no other worker can be alive. Returns how many."""
