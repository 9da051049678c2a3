"""What people want to know of a template before they choose it."""

from dataclasses import dataclass

from domain.templates.parameters import TemplateParameters
from domain.templates.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOutline:
    """`provider` is asked for answers, None where nobody is; `needs_corpus` when something is looked up."""

    nodes: int
    edges: int
    provider: str | None
    needs_corpus: bool


def outline(template: Template) -> TemplateOutline:
    recipe = template.draw(TemplateParameters())
    providers = [str(node.config["provider"]) for node in recipe.nodes if node.type == "llm"]
    return TemplateOutline(
        nodes=len(recipe.nodes),
        edges=len(recipe.edges),
        provider=next(iter(providers), None),
        needs_corpus=any(node.type == "knowledge-retrieve" for node in recipe.nodes),
    )
