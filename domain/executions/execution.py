"""A run: its state machine, its owner for the time being, and the graph it was frozen with."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.executions.errors import TransitionRefused
from domain.executions.step import shortened
from domain.ids import ExecutionId, UserId, WorkflowId
from domain.values.json import JsonObject
from domain.workflows.graph import Graph
from domain.workflows.workflow import Workflow

STOPPED_BY_USER = "Stopped by user"


class ExecutionStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        return self in (ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELED)


class TriggerSource(StrEnum):
    MANUAL = "manual"
    WEBHOOK = "webhook"
    SCHEDULE = "schedule"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who works on a run until when. Whoever lets it expire may be replaced."""

    worker: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """`pending -> running -> completed | failed | canceled`; a final state never changes.

    `epoch` grows with each claim, and every write about a run carries it: a worker that was replaced can write
    nothing. `claims` counts the claims that were not handed back.
    """

    id: ExecutionId
    workflow_id: WorkflowId
    owner_id: UserId
    workflow_version: int
    graph: Graph = field(repr=False)
    trigger: TriggerSource
    payload: JsonObject = field(repr=False)
    status: ExecutionStatus = ExecutionStatus.PENDING
    epoch: int = 0
    claims: int = 0
    lease: Lease | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error_message: str | None = None

    @classmethod
    def accept(
        cls,
        workflow: Workflow,
        payload: JsonObject,
        *,
        id: ExecutionId,
        at: datetime,
        trigger: TriggerSource = TriggerSource.MANUAL,
    ) -> "Execution":
        """Freeze `workflow` as it is now into a run that has yet to be claimed."""
        return cls(
            id=id,
            workflow_id=workflow.id,
            owner_id=workflow.owner_id,
            workflow_version=workflow.version,
            graph=workflow.graph,
            trigger=trigger,
            payload=payload,
            created_at=at,
        )

    def is_waiting(self, *, at: datetime) -> bool:
        """True when a worker may claim it: never claimed, or left by an owner whose lease ran out."""
        if self.status is ExecutionStatus.RUNNING:
            return self.lease is None or self.lease.expires_at <= at
        return self.status is ExecutionStatus.PENDING

    def is_at_work(self, *, at: datetime) -> bool:
        """True while the lease of whoever works on it lasts."""
        return self.lease is not None and self.lease.expires_at > at

    def claimed(self, worker: str, *, lease: timedelta, at: datetime) -> "Execution":
        if not self.is_waiting(at=at):
            raise TransitionRefused(f"A run that is {self.status} cannot be claimed now")
        return replace(
            self,
            status=ExecutionStatus.RUNNING,
            epoch=self.epoch + 1,
            claims=self.claims + 1,
            lease=Lease(worker=worker, expires_at=at + lease),
            started_at=self.started_at or at,
        )

    def renewed(self, *, lease: timedelta, at: datetime) -> "Execution":
        if self.lease is None or self.status is not ExecutionStatus.RUNNING:
            raise TransitionRefused(f"A run that is {self.status} has no lease to renew")
        return replace(self, lease=replace(self.lease, expires_at=at + lease))

    def handed_back(self) -> "Execution":
        """Free for the next worker at once; the claim does not count, and its epoch is over."""
        if self.lease is None or self.status is not ExecutionStatus.RUNNING:
            raise TransitionRefused(f"A run that is {self.status} cannot be handed back")
        return replace(self, claims=self.claims - 1, epoch=self.epoch + 1, lease=None)

    def completed(self, *, at: datetime) -> "Execution":
        return self._ended(ExecutionStatus.COMPLETED, None, at)

    def failed(self, error: str, *, at: datetime) -> "Execution":
        return self._ended(ExecutionStatus.FAILED, shortened(error), at)

    def stopped(self, *, at: datetime) -> "Execution":
        return self._ended(ExecutionStatus.CANCELED, STOPPED_BY_USER, at)

    def _ended(self, status: ExecutionStatus, error: str | None, at: datetime) -> "Execution":
        if self.status.is_final:
            raise TransitionRefused(f"A run that is {self.status} stays {self.status}")
        if self.status is ExecutionStatus.PENDING and status is ExecutionStatus.COMPLETED:
            raise TransitionRefused("A run that never started cannot be completed")
        return replace(self, status=status, error_message=error, finished_at=at, lease=None)
