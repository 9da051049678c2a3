"""What somebody wants of a template."""

from dataclasses import dataclass, field

from domain.templates.parameters import TemplateParameters
from domain.templates.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """Blank texts stand for those of the template."""

    name: str = ""
    description: str = ""
    params: TemplateParameters = field(default_factory=TemplateParameters)

    def name_for(self, template: Template) -> str:
        return self.name.strip() or template.default_workflow_name

    def description_for(self, template: Template) -> str:
        return self.description.strip() or template.description
