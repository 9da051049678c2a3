"""A trigger node of a workflow that fires by itself."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.ids import NodeId, ScheduleId, WorkflowId
from domain.schedules.fire_times import FireTimes
from domain.schedules.specification import Specification

_FIRST_PAUSE: Final = timedelta(seconds=2)
_LONGEST_PAUSE: Final = timedelta(minutes=5)


class MissedPolicy(StrEnum):
    """What happens to ticks for which no scheduler was there in time: nothing, one run for the latest of them, or a
    run for each of the last day."""

    SKIP = "skip"
    LATEST = "latest"
    ALL = "all"


class OverlapPolicy(StrEnum):
    """Whether a tick starts a run while an earlier one of the same schedule goes on."""

    ALLOW = "allow"
    SKIP = "skip"


class ScheduleState(StrEnum):
    """Whether it fires, and if not, why: `inactive` like its workflow, `draft` while its trigger cannot be read, or
    `over` when its times never come again."""

    ACTIVE = "active"
    PAUSED = "paused"
    INACTIVE = "inactive"
    DRAFT = "draft"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a trigger node asks for."""

    node_id: NodeId
    specification: Specification
    on_missed: MissedPolicy = MissedPolicy.SKIP
    on_overlap: OverlapPolicy = OverlapPolicy.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`since` is when its specification was configured. `next_fire_at` follows from the specification and the time
    alone, never from when it fired last or from its runs; None while its workflow is inactive or its trigger a draft.

    A paused schedule goes on ticking, without runs: so each tick that it did not fire is on record. `failures` counts
    in a row how often its next run could not be started.
    """

    id: ScheduleId
    workflow_id: WorkflowId
    plan: Plan
    since: datetime
    next_fire_at: datetime | None
    paused_at: datetime | None = None
    failures: int = 0

    def state(self, *, workflow_is_active: bool, is_draft: bool = False) -> ScheduleState:
        if not workflow_is_active:
            return ScheduleState.INACTIVE
        if is_draft:
            return ScheduleState.DRAFT
        if self.next_fire_at is None:
            return ScheduleState.OVER
        return ScheduleState.ACTIVE if self.paused_at is None else ScheduleState.PAUSED

    def replanned(self, plan: Plan, times: FireTimes, *, is_active: bool, at: datetime) -> "Schedule":
        """After its node or its workflow was saved. What did not change keeps its next fire time.

        `times` are those of the plan as configured at `at` if its specification is another one.
        """
        is_same = plan.specification == self.plan.specification
        next_fire_at = self.next_fire_at if is_same else None
        if is_active and next_fire_at is None:
            next_fire_at = times(at)
        return replace(
            self,
            plan=plan,
            since=self.since if is_same else at,
            next_fire_at=next_fire_at if is_active else None,
            failures=self.failures if is_same else 0,
        )

    def keeps_its_time(self, plan: Plan | None, *, is_active: bool) -> bool:
        """Whether its next fire time would outlast a save."""
        return is_active and plan is not None and plan.specification == self.plan.specification

    def at_rest(self) -> "Schedule":
        """While its trigger cannot be read: it keeps what was known of it, and does not tick."""
        return replace(self, next_fire_at=None, failures=0)

    def paused(self, *, at: datetime) -> "Schedule":
        return self if self.paused_at is not None else replace(self, paused_at=at)

    def resumed(self) -> "Schedule":
        """After what it passed over was settled."""
        return replace(self, paused_at=None)

    @property
    def pause_after_failure(self) -> timedelta:
        """How long to wait before the next attempt: twice as long after each failure in a row."""
        return min(_FIRST_PAUSE * (1 << min(self.failures, 20)), _LONGEST_PAUSE)
