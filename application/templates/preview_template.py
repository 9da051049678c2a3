"""Show what a template would make, without making it."""

from dataclasses import dataclass
from uuid import UUID

from application.ports.id_generator import IdGenerator
from application.templates.settle_parameters import SettleParameters
from application.templates.template_choice import TemplateChoice
from domain.ids import UserId
from domain.templates.drawing import drawn
from domain.templates.parameters import TemplateParameters
from domain.templates.template import Template
from domain.templates.templates import Templates
from domain.workflows.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePreview:
    """`params` are those that were settled on."""

    template: Template
    name: str
    description: str
    params: TemplateParameters
    graph: Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTemplate:
    """The ids in the graph follow from `seed`, new ones where there is none.

    Raise TemplateNotFound, or Invalid as SettleParameters does.
    """

    templates: Templates
    settle: SettleParameters
    ids: IdGenerator

    async def __call__(
        self, *, template_id: str, actor_id: UserId, choice: TemplateChoice, seed: UUID | None = None
    ) -> TemplatePreview:
        template = self.templates.get(template_id)
        params = await self.settle(choice.params, actor_id=actor_id)
        return TemplatePreview(
            template=template,
            name=choice.name_for(template),
            description=choice.description_for(template),
            params=params,
            graph=drawn(template.draw(params), seed=seed or self.ids.drawing()),
        )
