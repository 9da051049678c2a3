"""Texts, and captions and other words about what is not text."""

from typing import Final

from domain.templates.blocks import by_both, ingest, llm, output, retrieve, trigger
from domain.templates.parameters import TemplateParameters
from domain.templates.prompts import GROUNDED, HONEST, asked, prompt
from domain.templates.recipe import Recipe, chain
from domain.templates.template import Template


def _draw(given: TemplateParameters) -> Recipe:
    reason = prompt(
        "Some of the passages are text, others are captions and descriptions of pictures, tables or recordings. "
        "Answer the question below from both. Say of what comes from a caption that it describes something you have "
        "not seen, and claim no more about it than the caption does.",
        GROUNDED,
        HONEST,
        asked(given.question),
    )
    return chain(
        trigger(at=(40, 180)),
        ingest(given, at=(240, 110)),
        retrieve(
            "Multimodal Retrieve",
            given,
            at=(460, 180),
            strategy="merge",
            retrievers=(by_both("text", given.question), by_both("captions", f"captions {given.question}")),
        ),
        llm("reason", "Multimodal Reasoner", reason, at=(740, 180)),
        output(at=(980, 180)),
    )


MULTIMODAL_RAG: Final = Template(
    id="multimodal-rag",
    name="Multimodal RAG",
    description="Looks up texts and the captions of what is not text, and answers from both.",
    category="multimodal",
    default_workflow_name="Multimodal RAG Workflow",
    tags=("multimodal", "context", "retrieval"),
    draw=_draw,
)
