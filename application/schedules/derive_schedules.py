"""Keep the schedules of a workflow in step with its graph."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from application.ports.id_generator import IdGenerator
from application.ports.unit_of_work import UnitOfWork
from application.schedules.read_triggers import has_triggers, read_plans, trigger_ids
from application.schedules.settle_overdue import SettleOverdue
from application.schedules.timetables import Timetables
from domain.ids import NodeId
from domain.schedules.errors import TimeZoneUnknownHere
from domain.schedules.schedule import Plan, Schedule
from domain.workflows.workflow import Workflow, WorkflowStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveSchedules:
    """Part of saving a workflow: the caller has just added it, or has locked it and will save it, and commits.

    One schedule for each trigger node that can fire. A trigger whose specification stays the same keeps its next fire
    time. One that cannot be read any more keeps its schedule as it was, without a next fire time: so what was paused
    stays paused, and what became of its ticks stays known, until the node itself is gone. What was due by a
    specification that changes is settled first, with the workflow as it was.
    """

    timetables: Timetables
    ids: IdGenerator
    settle_overdue: SettleOverdue

    async def __call__(self, work: UnitOfWork, workflow: Workflow, *, was: Workflow | None, at: datetime) -> None:
        """`was` is None for a new workflow."""
        had_some = was is not None and has_triggers(was.graph)
        if not had_some and not has_triggers(workflow.graph):
            return
        plans = {plan.node_id: plan for plan in read_plans(workflow.graph, self.timetables.calendar)}
        stored = await self._settled(work, workflow, plans) if had_some else {}
        drafts = [each for each in trigger_ids(workflow.graph) if each in stored and each not in plans]
        planned = [self._derived(workflow, plan, stored.get(plan.node_id), at) for plan in plans.values()]
        await work.schedules.replace(workflow.id, [*planned, *(stored[each].at_rest() for each in drafts)])

    async def _settled(
        self, work: UnitOfWork, workflow: Workflow, plans: Mapping[NodeId, Plan]
    ) -> Mapping[NodeId, Schedule]:
        """What there is, with nothing due that would be forgotten."""
        is_active = workflow.status is WorkflowStatus.ACTIVE
        for each in await work.schedules.of_workflow_to_change(workflow.id):
            if not each.keeps_its_time(plans.get(each.plan.node_id), is_active=is_active):
                with suppress(TimeZoneUnknownHere):
                    await self.settle_overdue(work, each.id)
        return {each.plan.node_id: each for each in await work.schedules.of_workflow(workflow.id)}

    def _derived(self, workflow: Workflow, plan: Plan, stored: Schedule | None, at: datetime) -> Schedule:
        kept = stored or Schedule(
            id=self.ids.schedule(), workflow_id=workflow.id, plan=plan, since=at, next_fire_at=None
        )
        is_same = kept.plan.specification == plan.specification
        times = self.timetables.times(plan.specification, since=kept.since if is_same else at)
        return kept.replanned(plan, times, is_active=workflow.status is WorkflowStatus.ACTIVE, at=at)
