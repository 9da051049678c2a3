"""Looks for what an answer would look like.

After Gao, Ma, Lin and Callan, "Precise Zero-Shot Dense Retrieval without Relevance Labels" (2022).
"""

from typing import Final

from domain.templates.blocks import ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt, shown
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    imagine = prompt(
        "Write the short passage that would answer the question below in a good document on the subject, in three to "
        "five sentences and in the words of the subject. It is only used to search with, so it may be wrong, but it "
        "must be specific. Write the passage alone.",
        asked(given.question),
    )
    answer = prompt(
        "Answer the question below. The hypothesis was made up to search with. It is no source, so take over nothing "
        "from it that the passages do not say, and correct it silently where they say otherwise.",
        GROUNDED,
        HONEST,
        shown("Hypothesis", "content"),
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 190)),
        ingest(given, at=(220, 90)),
        llm("imagine", "Generate Hypothesis", imagine, at=(300, 190)),
        retrieve(
            "HyDE Retrieve",
            given,
            at=(600, 190),
            queryTemplate="{{content}}",
            fallbackQueryTemplate=given.question,
        ),
        llm("answer", "Retrieve + Answer", answer, at=(860, 190)),
        output(at=(1120, 190)),
    )


HYDE_RETRIEVAL: Final = Template(
    id="hyde-retrieval",
    name="HyDE Retrieval",
    description="Imagines an answer, searches for what resembles it, or for the question where that finds nothing, "
    "and answers from what is really there.",
    category="rag",
    default_workflow_name="HyDE Retrieval Workflow",
    tags=("hyde", "query-expansion", "retrieval"),
    draw=_draw,
)
