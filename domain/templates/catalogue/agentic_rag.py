"""Plan, retrieve, answer, and try again what is too thin."""

from typing import Final

from domain.templates.blocks import by_meaning, by_words, evaluation, ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt, shown
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    plan = prompt(
        "Plan how to answer the question below with the help of a search in documents. Write three to five short "
        "steps. Each names what has to be found out and how one would recognise it. Do not answer yet.",
        asked(given.question),
    )
    execute = prompt(
        "Carry out the plan and answer the question. Follow its steps as far as the passages allow and leave out "
        "steps that turn out to be needless. Explain in full sentences how the answer follows.",
        GROUNDED,
        HONEST,
        shown("Plan", "content"),
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 170)),
        ingest(given, at=(250, 70)),
        llm("plan", "Plan", plan, at=(280, 250)),
        retrieve(
            "Retrieve Context",
            given,
            at=(520, 250),
            strategy="first-non-empty",
            retrievers=(
                by_meaning("semantic", given.question),
                by_words("lexical", given.question, topK=min(given.top_k, max(4, given.top_k - 2))),
            ),
        ),
        llm("execute", "Execute Plan", execute, at=(760, 250), retryEnabled=True, retryMaxAttempts=3),
        evaluation(
            "Evaluate", at=(980, 250), minLength=120, citations="valid", requestRetryOnFail=True, retryDelayMs=250
        ),
        output(at=(1180, 250)),
    )


AGENTIC_RAG: Final = Template(
    id="agentic-rag",
    name="Agentic RAG",
    description="Plans first, then retrieves, answers and judges the answer; one that is too thin is made anew.",
    category="agentic",
    default_workflow_name="Agentic RAG Workflow",
    tags=("agentic", "planner", "retry"),
    draw=_draw,
)
