"""Several searches at once, all of which count."""

from typing import Final

from domain.templates.blocks import by_both, by_meaning, by_words, ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    answer = prompt(
        "The passages come from several searches that ran at the same time and may repeat each other. Combine them "
        "into one answer to the question below. Say each thing once, and prefer what several passages agree on.",
        GROUNDED,
        HONEST,
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 180)),
        ingest(given, at=(240, 110)),
        retrieve(
            "Speculative Retrieve",
            given,
            at=(460, 180),
            strategy="merge",
            retrievers=(
                by_meaning("semantic", given.question),
                by_words("keyword", given.question),
                by_both("summary", f"summary {given.question}"),
            ),
            speculative=True,
        ),
        llm("answer", "Speculative Answer", answer, at=(740, 180)),
        output(at=(980, 180)),
    )


SPECULATIVE_RAG: Final = Template(
    id="speculative-rag",
    name="Speculative RAG",
    description="Searches by meaning, by words and for summaries at the same time, and answers from all of it.",
    category="rag",
    default_workflow_name="Speculative RAG Workflow",
    tags=("speculative", "parallel", "merge"),
    draw=_draw,
)
