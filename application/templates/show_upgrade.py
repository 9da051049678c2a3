"""Show what a newer version of its template would make of a workflow."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.ids import UserId, WorkflowId
from domain.templates.templates import Templates
from domain.templates.upgrade import Upgrade, upgrade
from domain.workflows.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowUpgrade:
    """Raise WorkflowNotFound, NotFromTemplate or TemplateVersionGone."""

    begin: BeginWork
    templates: Templates

    async def __call__(self, *, workflow_id: WorkflowId, actor_id: UserId) -> tuple[Workflow, Upgrade]:
        async with self.begin() as work:
            workflow = await work.workflows.get(workflow_id, actor_id)
        return workflow, upgrade(workflow, self.templates)
