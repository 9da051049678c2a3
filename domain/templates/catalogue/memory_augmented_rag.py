"""Retrieval, and what earlier runs of the workflow left."""

from typing import Final

from domain.templates.blocks import ingest, llm, memory_read, memory_write, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt, shown
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template

_MEMORY: Final = "session.summary"


def _draw(given: TemplateParameters) -> Recipe:
    answer = prompt(
        "Continue a conversation. The summary tells what was answered last; use it to understand what the question "
        "refers to. It may be empty.",
        GROUNDED,
        "The summary is no source of facts. What only the summary says is said without a number and marked as "
        "remembered.",
        HONEST,
        shown("Summary", "sessionSummary"),
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 160)),
        ingest(given, at=(240, 70)),
        memory_read("Read Memory", _MEMORY, at=(250, 220), outputKey="sessionSummary", required=False, defaultValue=""),
        retrieve("Retrieve Context", given, at=(480, 160)),
        llm("answer", "RAG + Memory Answer", answer, at=(720, 160)),
        memory_write(
            "Update Memory",
            _MEMORY,
            at=(940, 160),
            operation="set",
            valuePath="content",
            outputKey="sessionSummary",
        ),
        output(at=(1160, 160)),
    )


MEMORY_AUGMENTED_RAG: Final = Template(
    id="memory-augmented-rag",
    name="Memory-Augmented RAG",
    description="Answers from retrieved knowledge and from what the workflow remembers, and remembers the answer for "
    "its next run.",
    category="memory",
    default_workflow_name="Memory Augmented RAG Workflow",
    tags=("memory", "rag", "context"),
    draw=_draw,
)
