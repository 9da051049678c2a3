"""What each node of each template is configured with, field by field: people's workflows rely on it.

Prompts are free, except for the placeholders in them, which stand here in their place.
"""

from typing import Any

import pytest

from domain.knowledge.scope import ScopeType
from domain.templates.parameters import TemplateParameters
from domain.templates.published import PUBLISHED
from domain.templates.template import Template
from domain.values.interpolation import PLACEHOLDER

Q = "{{body.q}}"
SCOPE = {"corpusId": "c", "scopeType": "workflow", "workflowIdScope": "this"}
GIVEN = TemplateParameters(
    query_path="body.q", top_k=7, corpus_id="c", scope_type=ScopeType.WORKFLOW, workflow_id="this"
)

TRIGGER: dict[str, Any] = {}
OUTPUT: dict[str, Any] = {}
INGEST = {
    "required": False,
    "documentsPath": "documents",
    "contentPath": "documentText",
    "titlePath": "documentTitle",
    "titleTemplate": "Runtime Document",
    "sourceType": "inline",
    "outputKey": "_knowledgeIngestion",
    **SCOPE,
}
RETRIEVE = {
    "strategy": "single",
    "queryPath": "body.q",
    "queryTemplate": Q,
    "topK": 7,
    "failOnError": False,
    "failOnEmpty": False,
    "minMatches": 1,
    "outputKey": "_knowledge",
    "setAsPrimary": True,
    **SCOPE,
}
REMEMBERED = {"memoryKey": "session.summary", "scope": "workflow", "outputKey": "sessionSummary"}
PREFERRED = {"memoryKey": "routing.preferredRetriever", "scope": "workflow", "outputKey": "preferredRetriever"}
PATIENT = {"retryEnabled": True, "retryMaxAttempts": 3}


def llm(*placeholders: str, **more: Any) -> dict[str, Any]:
    return {
        "provider": "gemini",
        "model": "gemini-2.0-flash",
        "promptTemplate": placeholders,
        "temperature": 0.2,
        "maxTokens": 1200,
        **more,
    }


def asking(strategy: str, *retrievers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**RETRIEVE, "strategy": strategy, "retrievers": list(retrievers), **more}


def by(mode: str, key: str, query: str = Q, **more: Any) -> dict[str, Any]:
    return {"key": key, "queryTemplate": query, "mode": mode, **more}


def judging(at_least: int, **more: Any) -> dict[str, Any]:
    return {"valuePath": "content", "minLength": at_least, "citations": "valid", **more}


INNER: dict[str, list[dict[str, Any]]] = {
    "simple-rag": [RETRIEVE, llm("query")],
    "memory-augmented-rag": [
        {**REMEMBERED, "required": False, "defaultValue": ""},
        RETRIEVE,
        llm("sessionSummary", "query"),
        {**REMEMBERED, "operation": "set", "valuePath": "content"},
    ],
    "agentic-rag": [
        llm("query"),
        asking("first-non-empty", by("dense", "semantic"), by("lexical", "lexical", topK=5)),
        llm("content", "query", **PATIENT),
        judging(120, requestRetryOnFail=True, retryDelayMs=250),
    ],
    "graph-rag": [
        asking("merge", by("lexical", "entity"), by("dense", "relation", f"relationships for {Q}")),
        llm("query"),
    ],
    "branched-rag": [
        asking(
            "best-score",
            by("hybrid", "faq", f"faq {Q}"),
            by("hybrid", "docs", f"docs {Q}"),
            by("hybrid", "notes", f"notes {Q}"),
        ),
        llm("query"),
    ],
    "self-rag": [RETRIEVE, llm("query", **PATIENT), judging(140, requestRetryOnFail=True)],
    "adaptive-rag": [
        {**PREFERRED, "defaultValue": "semantic"},
        asking(
            "adaptive",
            by("dense", "semantic"),
            by("lexical", "keyword"),
            preferredRetrieverMemoryKey="routing.preferredRetriever",
        ),
        llm("query"),
    ],
    "speculative-rag": [
        asking(
            "merge",
            by("dense", "semantic"),
            by("lexical", "keyword"),
            by("hybrid", "summary", f"summary {Q}"),
            speculative=True,
        ),
        llm("query"),
    ],
    "corrective-rag": [
        RETRIEVE,
        llm("query"),
        judging(150),
        asking("merge", by("dense", "semantic"), by("hybrid", "fallback", f"explain {Q}")),
        llm("content", "query"),
    ],
    "modular-rag": [RETRIEVE, llm("query"), llm("content", "query")],
    "multimodal-rag": [
        asking("merge", by("hybrid", "text"), by("hybrid", "captions", f"captions {Q}")),
        llm("query"),
    ],
    "hyde-retrieval": [
        llm("query"),
        {**RETRIEVE, "queryTemplate": "{{content}}", "fallbackQueryTemplate": Q},
        llm("content", "query"),
    ],
}


def described(config: dict[str, Any]) -> dict[str, Any]:
    """With the placeholders of a prompt in its place, the question's by its usual name."""
    if "promptTemplate" not in config:
        return config
    paths = [found.group(1) for found in PLACEHOLDER.finditer(config["promptTemplate"])]
    return {**config, "promptTemplate": tuple("query" if path == "body.q" else path for path in paths)}


@pytest.mark.parametrize("template", PUBLISHED.newest(), ids=lambda template: template.id)
def test_every_field_of_every_node_is_as_it_was_published(template: Template) -> None:
    nodes = template.draw(GIVEN).nodes
    assert [described(dict(node.config)) for node in nodes] == [TRIGGER, INGEST, *INNER[template.id], OUTPUT]
