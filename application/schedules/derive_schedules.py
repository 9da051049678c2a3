"""Keep the schedules of a workflow in step with its graph."""

from dataclasses import dataclass
from datetime import datetime

from application.ports.id_generator import IdGenerator
from application.ports.unit_of_work import UnitOfWork
from application.schedules.read_triggers import has_triggers, read_plans, trigger_ids
from application.schedules.timetables import Timetables
from domain.schedules.schedule import Plan, Schedule
from domain.workflows.workflow import Workflow, WorkflowStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveSchedules:
    """Part of saving a workflow: the caller has locked or just added it, and commits.

    One schedule for each trigger node that can fire. A trigger whose specification stays the same keeps its next fire
    time. One that cannot be read any more keeps its schedule as it was, without a next fire time: so what was paused
    stays paused, and what became of its ticks stays known, until the node itself is gone.
    """

    timetables: Timetables
    ids: IdGenerator

    async def __call__(self, work: UnitOfWork, workflow: Workflow, *, was: Workflow | None, at: datetime) -> None:
        """`was` is None for a new workflow."""
        had_some = was is not None and has_triggers(was.graph)
        if not had_some and not has_triggers(workflow.graph):
            return
        kept = await work.schedules.of_workflow_to_change(workflow.id) if had_some else ()
        stored = {each.plan.node_id: each for each in kept}
        plans = {plan.node_id: plan for plan in read_plans(workflow.graph, self.timetables.calendar)}
        drafts = [each for each in trigger_ids(workflow.graph) if each in stored and each not in plans]
        planned = [self._derived(workflow, plan, stored.get(plan.node_id), at) for plan in plans.values()]
        await work.schedules.replace(workflow.id, [*planned, *(stored[each].at_rest() for each in drafts)])

    def _derived(self, workflow: Workflow, plan: Plan, stored: Schedule | None, at: datetime) -> Schedule:
        kept = stored or Schedule(
            id=self.ids.schedule(), workflow_id=workflow.id, plan=plan, since=at, next_fire_at=None
        )
        is_same = kept.plan.specification == plan.specification
        times = self.timetables.times(plan.specification, since=kept.since if is_same else at)
        return kept.replanned(plan, times, is_active=workflow.status is WorkflowStatus.ACTIVE, at=at)
