"""Make an ordinary workflow from a template."""

from dataclasses import dataclass

from application.ports.id_generator import IdGenerator
from application.templates.preview_template import PreviewTemplate
from application.templates.template_choice import TemplateChoice
from application.workflows.create_workflow import CreateWorkflow
from domain.ids import UserId
from domain.workflows.workflow import TemplateOrigin, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantiateTemplate:
    """What the preview shows, saved the way every workflow is. Raise as PreviewTemplate does.

    The ids of the nodes follow from that of the workflow, so that an upgrade knows which one a removed node had.
    """

    preview: PreviewTemplate
    create: CreateWorkflow
    ids: IdGenerator

    async def __call__(self, *, template_id: str, actor_id: UserId, choice: TemplateChoice) -> Workflow:
        workflow_id = self.ids.workflow()
        shown = await self.preview(template_id=template_id, actor_id=actor_id, choice=choice, seed=workflow_id)
        return await self.create(
            workflow_id=workflow_id,
            owner_id=actor_id,
            name=shown.name,
            description=shown.description,
            graph=shown.graph,
            origin=TemplateOrigin(
                template_id=shown.template.id, version=shown.template.version, params=shown.params.described()
            ),
        )
