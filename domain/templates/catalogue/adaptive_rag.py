"""The workflow remembers whose result counts, even if that is nothing."""

from typing import Final

from domain.templates.blocks import by_meaning, by_words, ingest, llm, memory_read, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template

_MEMORY: Final = "routing.preferredRetriever"


def _draw(given: TemplateParameters) -> Recipe:
    answer = prompt(
        "The question below was routed to the search that has suited this workflow best. Answer from the passages "
        "that it found, briefly where they are clear and with reservations where they are not.",
        GROUNDED,
        HONEST,
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 180)),
        ingest(given, at=(240, 80)),
        memory_read(
            "Read Retriever Preference",
            _MEMORY,
            at=(280, 250),
            outputKey="preferredRetriever",
            defaultValue="semantic",
        ),
        retrieve(
            "Adaptive Retrieve",
            given,
            at=(560, 180),
            strategy="adaptive",
            retrievers=(by_meaning("semantic", given.question), by_words("keyword", given.question)),
            preferredRetrieverMemoryKey=_MEMORY,
        ),
        llm("answer", "Adaptive Answer", answer, at=(820, 180)),
        output(at=(1060, 180)),
    )


ADAPTIVE_RAG: Final = Template(
    id="adaptive-rag",
    name="Adaptive RAG",
    description="Asks by meaning and by words, and answers from what the retriever found that the workflow's memory "
    "prefers.",
    category="rag",
    default_workflow_name="Adaptive RAG Workflow",
    tags=("adaptive", "routing", "memory"),
    draw=_draw,
)
