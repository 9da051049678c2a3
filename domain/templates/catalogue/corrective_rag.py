"""An answer that does not pass goes through a second, wider search."""

from typing import Final

from domain.templates.blocks import by_both, by_meaning, evaluation, ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt, shown
from domain.templates.recipe import Recipe, branching, edge
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    answer = prompt(
        "Answer the question below from retrieved knowledge, in as many sentences as the passages support.",
        GROUNDED,
        HONEST,
        asked(given.question),
    )
    correct = prompt(
        "The earlier answer to the question below was not good enough, and a wider search was made. Write a better "
        "one. Keep what the new passages confirm, correct what they contradict, add what was missing. Do not mention "
        "that there was an earlier one.",
        GROUNDED,
        HONEST,
        shown("Earlier answer", "content"),
        asked(given.question),
    )
    return branching(
        trigger(at=(40, 220)),
        ingest(given, at=(240, 120)),
        retrieve("Initial Retrieve", given, at=(500, 220)),
        llm("answer", "Initial Answer", answer, at=(740, 220)),
        evaluation("Evaluate Answer", at=(960, 220), minLength=150, citations="valid"),
        retrieve(
            "Corrective Retrieve",
            given,
            at=(1180, 330),
            key="retrieve-again",
            strategy="merge",
            retrievers=(
                by_meaning("semantic", given.question),
                by_both("fallback", f"explain {given.question}"),
            ),
        ),
        llm("correct", "Corrective Answer", correct, at=(1380, 330)),
        output(at=(1600, 220)),
        edges=(
            edge("trigger", "ingest"),
            edge("ingest", "retrieve"),
            edge("retrieve", "answer"),
            edge("answer", "evaluate"),
            edge("evaluate", "output", when="pass"),
            edge("evaluate", "retrieve-again", when="fail"),
            edge("retrieve-again", "correct"),
            edge("correct", "output"),
        ),
    )


CORRECTIVE_RAG: Final = Template(
    id="corrective-rag",
    name="Corrective RAG",
    description="Judges the first answer; one that does not pass is corrected with the help of a second, wider search.",
    category="agentic",
    default_workflow_name="Corrective RAG Workflow",
    tags=("corrective", "evaluation", "branching"),
    draw=_draw,
)
