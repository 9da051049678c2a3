"""Facts first, then the answer: two modules that can be replaced on their own."""

from typing import Final

from domain.templates.blocks import ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, asked, prompt, shown
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    extract = prompt(
        "Collect the facts that matter for the question below. Write one per line, as a full sentence that can be "
        "understood alone, with names, numbers and dates as they stand there. Do not answer the question yet.",
        GROUNDED,
        "Where no passage helps, write the single line that no facts were found.",
        asked(given.question),
    )
    synthesise = prompt(
        "Write the final answer to the question below from the collected facts and nothing else. Order them so that "
        "one leads to the next, and keep the numbers in brackets that they end with. Where no facts were found, say "
        "that the question cannot be answered from what is known.",
        shown("Facts", "content"),
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 170)),
        ingest(given, at=(250, 70)),
        retrieve("Retrieve Module", given, at=(300, 240)),
        llm("extract", "Retrieve Module", extract, at=(560, 240)),
        llm("synthesise", "Synthesis Module", synthesise, at=(820, 240)),
        output(at=(1080, 240)),
    )


MODULAR_RAG: Final = Template(
    id="modular-rag",
    name="Modular RAG",
    description="One step extracts facts with their sources, another writes the answer from the facts alone.",
    category="rag",
    default_workflow_name="Modular RAG Workflow",
    tags=("modular", "synthesis", "pipeline"),
    draw=_draw,
)
