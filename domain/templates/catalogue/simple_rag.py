"""One retriever and one reasoner: the baseline."""

from typing import Final

from domain.templates.blocks import ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    answer = prompt(
        "Answer the question below from retrieved knowledge. Begin with the answer, then give what supports it.",
        GROUNDED,
        HONEST,
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 180)),
        ingest(given, at=(270, 120)),
        retrieve("Retrieve Context", given, at=(270, 250)),
        llm("answer", "RAG Answer", answer, at=(560, 180)),
        output(at=(860, 180)),
    )


SIMPLE_RAG: Final = Template(
    id="simple-rag",
    name="Simple RAG",
    description="Looks the question up once and answers from what was found, with citations. The baseline.",
    category="rag",
    default_workflow_name="Simple RAG Workflow",
    tags=("rag", "baseline", "retrieval"),
    draw=_draw,
)
