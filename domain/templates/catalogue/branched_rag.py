"""Branches compete, and the best one answers."""

from typing import Final

from domain.templates.blocks import by_both, ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    select = prompt(
        "Several searches competed, for common questions, for documentation and for notes, and only the strongest "
        "one is left. Answer the question below from its passages, in the form that suits them, be it a short "
        "answer, an explanation or a remark.",
        GROUNDED,
        HONEST,
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 180)),
        ingest(given, at=(240, 110)),
        retrieve(
            "Branch Retrieve",
            given,
            at=(460, 180),
            strategy="best-score",
            retrievers=(  # all alike: scores of different ways to search cannot be compared
                by_both("faq", f"faq {given.question}"),
                by_both("docs", f"docs {given.question}"),
                by_both("notes", f"notes {given.question}"),
            ),
        ),
        llm("select", "Branch Selector", select, at=(720, 180)),
        output(at=(980, 180)),
    )


BRANCHED_RAG: Final = Template(
    id="branched-rag",
    name="Branched RAG",
    description="Searches for common questions, documentation and notes at once; the branch with the best match "
    "answers.",
    category="rag",
    default_workflow_name="Branched RAG Workflow",
    tags=("branch", "best-score", "retrieval"),
    draw=_draw,
)
