"""A versioned blueprint."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.templates.parameters import TemplateParameters
from domain.templates.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What is published under an id and a version never changes: workflows that were made from it are compared with
    what it draws. `draw` gives the same recipe for the same parameters always."""

    id: str
    name: str
    description: str
    category: str
    default_workflow_name: str
    tags: tuple[str, ...]
    draw: Callable[[TemplateParameters], Recipe]
    version: int = 1
    maturity: str = "in-progress"
