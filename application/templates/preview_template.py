"""Show what a template would make, without making it."""

from dataclasses import dataclass
from uuid import UUID

from application.ports.id_generator import IdGenerator
from application.templates.known_parameters import RefuseUnknown
from application.templates.template_choice import TemplateChoice
from domain.ids import UserId
from domain.templates.drawing import drawn
from domain.templates.template import Template
from domain.templates.templates import Templates
from domain.workflows.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePreview:
    template: Template
    name: str
    description: str
    graph: Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTemplate:
    """The ids in the graph follow from `seed`, new ones where there is none.

    Raise TemplateNotFound, or Invalid for ids in the parameters that are not the actor's.
    """

    templates: Templates
    refuse_unknown: RefuseUnknown
    ids: IdGenerator

    async def __call__(
        self, *, template_id: str, actor_id: UserId, choice: TemplateChoice, seed: UUID | None = None
    ) -> TemplatePreview:
        template = self.templates.get(template_id)
        await self.refuse_unknown(choice.params, actor_id=actor_id)
        return TemplatePreview(
            template=template,
            name=choice.name_for(template),
            description=choice.description_for(template),
            graph=drawn(template.draw(choice.params), seed=seed or self.ids.drawing()),
        )
