"""An answer that is judged before it is given."""

from typing import Final

from domain.templates.blocks import evaluation, ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    answer = prompt(
        "Answer the question below completely and factually. Before you write, check for every part of the question "
        "which passage covers it. Then write two or more full sentences, and say of each part that no passage covers "
        "that it stays open.",
        GROUNDED,
        HONEST,
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 180)),
        ingest(given, at=(240, 110)),
        retrieve("Retrieve Context", given, at=(460, 180)),
        llm("answer", "Answer", answer, at=(700, 180), retryEnabled=True, retryMaxAttempts=3),
        evaluation("Self Evaluation", at=(920, 180), minLength=140, citations="valid", requestRetryOnFail=True),
        output(at=(1140, 180)),
    )


SELF_RAG: Final = Template(
    id="self-rag",
    name="Self-RAG",
    description="Judges its own answer and makes it anew, up to three times, as long as it is too thin.",
    category="agentic",
    default_workflow_name="Self-RAG Workflow",
    tags=("self-eval", "retry", "quality"),
    draw=_draw,
)
