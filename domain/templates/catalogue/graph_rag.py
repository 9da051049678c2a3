"""What things are and how they relate, looked up side by side."""

from typing import Final

from domain.templates.blocks import by_meaning, by_words, ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    reason = prompt(
        "Some of the passages describe the things that the question below is about, others how they relate to each "
        "other. Find the things first, then follow the relations between them step by step, and answer from the "
        "chain that this gives. Name each link of the chain.",
        GROUNDED,
        HONEST,
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 180)),
        ingest(given, at=(240, 110)),
        retrieve(
            "Graph Retrieve",
            given,
            at=(460, 180),
            strategy="merge",
            retrievers=(
                by_words("entity", given.question),
                by_meaning("relation", f"relationships for {given.question}"),
            ),
        ),
        llm("reason", "Graph Reasoner", reason, at=(720, 180)),
        output(at=(980, 180)),
    )


GRAPH_RAG: Final = Template(
    id="graph-rag",
    name="Graph RAG",
    description="Looks up things by their names and relations by their meaning, and reasons along both.",
    category="rag",
    default_workflow_name="Graph RAG Workflow",
    tags=("graph", "merge", "retrievers"),
    draw=_draw,
)
