"""What each published template is and draws, in one line for each node: people's workflows rely on it.

The configs of the nodes are in test_configs.py."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from domain.templates.parameters import TemplateParameters
from domain.templates.published import PUBLISHED
from domain.templates.recipe import Recipe
from domain.templates.template import Template

HEADS = """
simple-rag | Simple RAG | rag | Simple RAG Workflow | rag, baseline, retrieval
memory-augmented-rag | Memory-Augmented RAG | memory | Memory Augmented RAG Workflow | memory, rag, context
agentic-rag | Agentic RAG | agentic | Agentic RAG Workflow | agentic, planner, retry
graph-rag | Graph RAG | rag | Graph RAG Workflow | graph, merge, retrievers
branched-rag | Branched RAG | rag | Branched RAG Workflow | branch, best-score, retrieval
self-rag | Self-RAG | agentic | Self-RAG Workflow | self-eval, retry, quality
adaptive-rag | Adaptive RAG | rag | Adaptive RAG Workflow | adaptive, routing, memory
speculative-rag | Speculative RAG | rag | Speculative RAG Workflow | speculative, parallel, merge
corrective-rag | Corrective RAG | agentic | Corrective RAG Workflow | corrective, evaluation, branching
modular-rag | Modular RAG | rag | Modular RAG Workflow | modular, synthesis, pipeline
multimodal-rag | Multimodal RAG | multimodal | Multimodal RAG Workflow | multimodal, context, retrieval
hyde-retrieval | HyDE Retrieval | rag | HyDE Retrieval Workflow | hyde, query-expansion, retrieval
"""

BODIES = {
    "simple-rag": "Retrieve Context 270,250 single | RAG Answer 560,180",
    "memory-augmented-rag": "memory-read Read Memory 250,220 | Retrieve Context 480,160 single "
    "| RAG + Memory Answer 720,160 | memory-write Update Memory 940,160",
    "agentic-rag": "Plan 280,250 | Retrieve Context 520,250 first-non-empty semantic lexical "
    "| Execute Plan 760,250 | evaluation Evaluate 980,250",
    "graph-rag": "Graph Retrieve 460,180 merge entity relation | Graph Reasoner 720,180",
    "branched-rag": "Branch Retrieve 460,180 best-score faq docs notes | Branch Selector 720,180",
    "self-rag": "Retrieve Context 460,180 single | Answer 700,180 | evaluation Self Evaluation 920,180",
    "adaptive-rag": "memory-read Read Retriever Preference 280,250 "
    "| Adaptive Retrieve 560,180 adaptive semantic keyword | Adaptive Answer 820,180",
    "speculative-rag": "Speculative Retrieve 460,180 merge semantic keyword summary | Speculative Answer 740,180",
    "corrective-rag": "Initial Retrieve 500,220 single | Initial Answer 740,220 | evaluation Evaluate Answer 960,220 "
    "| Corrective Retrieve 1180,330 merge semantic fallback | Corrective Answer 1380,330",
    "modular-rag": "Retrieve Module 300,240 single | Retrieve Module 560,240 | Synthesis Module 820,240",
    "multimodal-rag": "Multimodal Retrieve 460,180 merge text captions | Multimodal Reasoner 740,180",
    "hyde-retrieval": "Generate Hypothesis 300,190 | HyDE Retrieve 600,190 single | Retrieve + Answer 860,190",
}

ENDS = {
    "simple-rag": "40,180 270,120 860,180",
    "memory-augmented-rag": "40,160 240,70 1160,160",
    "agentic-rag": "40,170 250,70 1180,250",
    "graph-rag": "40,180 240,110 980,180",
    "branched-rag": "40,180 240,110 980,180",
    "self-rag": "40,180 240,110 1140,180",
    "adaptive-rag": "40,180 240,80 1060,180",
    "speculative-rag": "40,180 240,110 980,180",
    "corrective-rag": "40,220 240,120 1600,220",
    "modular-rag": "40,170 250,70 1080,240",
    "multimodal-rag": "40,180 240,110 980,180",
    "hyde-retrieval": "40,190 220,90 1120,190",
}

IMPLIED = {"knowledge-retrieve": "", "llm": ""}
ALL = PUBLISHED.newest()
each_template = pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)


def drawn(template_id: str, **given: Any) -> Recipe:
    return PUBLISHED.get(template_id).draw(TemplateParameters(**given))


def config(recipe: Recipe, key: str) -> Mapping[str, Any]:
    return next(node.config for node in recipe.nodes if node.key == key)


def test_they_are_offered_in_this_order_under_these_names() -> None:
    lines = [
        f"{each.id} | {each.name} | {each.category} | {each.default_workflow_name} | {', '.join(each.tags)}"
        for each in ALL
    ]
    assert lines == HEADS.strip().splitlines()
    assert {(each.version, each.maturity) for each in ALL} == {(1, "in-progress")}
    assert all(each.description for each in ALL)


@each_template
def test_draws_these_nodes(template: Template) -> None:
    first, second, *inner, last = template.draw(TemplateParameters()).nodes
    described = []
    for node in inner:
        retrievers: Any = node.config.get("retrievers", [])
        words = [
            IMPLIED.get(node.type, node.type),
            node.label,
            "{},{}".format(*node.at),
            str(node.config.get("strategy", "")),
            *(each["key"] for each in retrievers),
        ]
        described.append(" ".join(filter(None, words)))
    ends = (first, second, last)
    assert " | ".join(described) == BODIES[template.id]
    assert [(node.type, node.label) for node in ends] == [
        ("manual-trigger", "Manual Run"),
        ("knowledge-ingest", "Load Knowledge"),
        ("output", "Final Output"),
    ]
    assert " ".join("{},{}".format(*node.at) for node in ends) == ENDS[template.id]


@each_template
def test_keys_are_unique(template: Template) -> None:
    keys = [node.key for node in template.draw(TemplateParameters()).nodes]
    assert len(keys) == len(set(keys))


@each_template
def test_one_node_follows_the_other_without_conditions(template: Template) -> None:
    recipe = template.draw(TemplateParameters())
    keys = [node.key for node in recipe.nodes]
    if template.id != "corrective-rag":
        assert [(edge.source, edge.target, edge.condition) for edge in recipe.edges] == [
            (one, next, None) for one, next in pairwise(keys)
        ]


def test_corrective_rag_branches_on_its_evaluation() -> None:
    recipe = drawn("corrective-rag")
    at = {node.key: position for position, node in enumerate(recipe.nodes)}
    assert [(at[edge.source], at[edge.target], edge.condition) for edge in recipe.edges] == [
        (0, 1, None),
        (1, 2, None),
        (2, 3, None),
        (3, 4, None),
        (4, 7, "pass"),
        (4, 5, "fail"),
        (5, 6, None),
        (6, 7, None),
    ]


def test_documents_come_along_with_the_payload() -> None:
    assert config(drawn("simple-rag"), "ingest") == {
        "required": False,
        "documentsPath": "documents",
        "contentPath": "documentText",
        "titlePath": "documentTitle",
        "titleTemplate": "Runtime Document",
        "sourceType": "inline",
        "outputKey": "_knowledgeIngestion",
    }


def test_retrieval_asks_for_the_question_and_fails_nothing() -> None:
    assert config(drawn("simple-rag"), "retrieve") == {
        "strategy": "single",
        "queryPath": "query",
        "queryTemplate": "{{query}}",
        "topK": 8,
        "failOnError": False,
        "failOnEmpty": False,
        "minMatches": 1,
        "outputKey": "_knowledge",
        "setAsPrimary": True,
    }


@each_template
def test_every_knowledge_node_has_the_scope(template: Template) -> None:
    scope = {"scopeType": "workflow", "workflow_id": "this", "corpus_id": "c"}
    given = TemplateParameters(scope_type=None, workflow_id=scope["workflow_id"], corpus_id=scope["corpus_id"])
    found = [node.config for node in template.draw(given).nodes if node.type.startswith("knowledge-")]
    assert len(found) >= 2
    assert all((each["corpusId"], each["workflowIdScope"]) == ("c", "this") for each in found)


@pytest.mark.parametrize("top_k", [1, 3, 4, 5, 8, 50])
def test_no_retriever_looks_up_more_than_was_asked_for(top_k: int) -> None:
    for template in ALL:
        for node in template.draw(TemplateParameters(top_k=top_k)).nodes:
            retrievers: Any = node.config.get("retrievers", [])
            wanted = [
                *([node.config["topK"]] if "topK" in node.config else []),
                *(r.get("topK", 1) for r in retrievers),
            ]
            assert all(1 <= each <= top_k for each in wanted), template.id
    assert config(drawn("multimodal-rag", top_k=top_k), "retrieve")["topK"] == top_k
