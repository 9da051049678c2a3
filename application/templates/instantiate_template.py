"""Make an ordinary workflow from a template."""

from dataclasses import dataclass

from application.templates.preview_template import PreviewTemplate
from application.templates.template_choice import TemplateChoice
from application.workflows.create_workflow import CreateWorkflow
from domain.ids import UserId
from domain.workflows.workflow import TemplateOrigin, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantiateTemplate:
    """What the preview shows, saved the way every workflow is. Raise as PreviewTemplate does."""

    preview: PreviewTemplate
    create: CreateWorkflow

    async def __call__(self, *, template_id: str, actor_id: UserId, choice: TemplateChoice) -> Workflow:
        shown = await self.preview(template_id=template_id, actor_id=actor_id, choice=choice)
        return await self.create(
            owner_id=actor_id,
            name=shown.name,
            description=shown.description,
            graph=shown.graph,
            origin=TemplateOrigin(
                template_id=shown.template.id, version=shown.template.version, params=choice.params.described()
            ),
        )
