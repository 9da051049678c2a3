"""A template that has two versions, which no published one has yet."""

from dataclasses import replace

from domain.templates.catalogue.simple_rag import SIMPLE_RAG
from domain.templates.parameters import TemplateParameters
from domain.templates.recipe import Recipe, RecipeNode, chain
from domain.templates.templates import Templates

CHECK = RecipeNode(key="check", type="evaluation", label="Check", at=(700, 180), config={"minLength": 20})


def _draw(given: TemplateParameters) -> Recipe:
    """Asks better, looks up more, drops nothing, and checks the answer."""
    trigger, ingest, retrieve, answer, output = SIMPLE_RAG.draw(given).nodes
    better = replace(answer, config={**answer.config, "promptTemplate": f"Better: {given.question}"})
    more = replace(retrieve, config={**retrieve.config, "minMatches": 2})
    return chain(trigger, ingest, more, better, CHECK, output)


NEWER = replace(SIMPLE_RAG, version=2, draw=_draw)
BOTH = Templates((SIMPLE_RAG, NEWER))
