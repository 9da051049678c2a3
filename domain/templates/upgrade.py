"""How a workflow follows a newer version of its template."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.templates.drawing import drawn
from domain.templates.errors import NotFromTemplate, TemplateVersionGone
from domain.templates.merge import Merged, Side, merge
from domain.templates.read_parameters import read_parameters
from domain.templates.recognition import recognised
from domain.templates.template import Template
from domain.templates.templates import Templates
from domain.workflows.workflow import TemplateOrigin, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What became of the workflow's graph on the way from version `made_from` to `newest`."""

    made_from: Template
    newest: Template
    merged: Merged

    @property
    def is_available(self) -> bool:
        return self.newest.version > self.made_from.version


def upgrade(workflow: Workflow, templates: Templates, choices: Mapping[str, Side] | None = None) -> Upgrade:
    """The same workflow gives the same upgrade, ids of new nodes included.

    Raise NotFromTemplate, or TemplateVersionGone where nothing is left to compare it with.
    """
    origin = workflow.origin
    if origin is None:
        raise NotFromTemplate
    made_from, newest = _versions(origin, templates)
    given, _ = read_parameters(origin.params)
    before, after = made_from.draw(given), newest.draw(given)
    known = recognised((before, after), workflow.graph)
    merged = merge(
        drawn(before, seed=workflow.id, known=known),
        workflow.graph,
        drawn(after, seed=workflow.id, known=known),
        choices,
    )
    return Upgrade(made_from=made_from, newest=newest, merged=merged)


def _versions(origin: TemplateOrigin, templates: Templates) -> tuple[Template, Template]:
    made_from = templates.version(origin.template_id, origin.version)
    newest = templates.get(origin.template_id)
    if newest.version < made_from.version:
        raise TemplateVersionGone
    return made_from, newest
