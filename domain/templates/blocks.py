"""What the templates are made of."""

from typing import Final, TypeAlias

from domain.templates.parameters import TemplateParameters
from domain.templates.recipe import RecipeNode
from domain.values.json import Json, JsonObject

Place: TypeAlias = tuple[int, int]

PROVIDER: Final = "gemini"
MODEL: Final = "gemini-2.0-flash"


def trigger(at: Place) -> RecipeNode:
    return RecipeNode(key="trigger", type="manual-trigger", label="Manual Run", at=at, config={})


def ingest(given: TemplateParameters, at: Place) -> RecipeNode:
    """Documents that come along with the payload; without any it does nothing."""
    config: JsonObject = {
        "required": False,
        "documentsPath": "documents",
        "contentPath": "documentText",
        "titlePath": "documentTitle",
        "titleTemplate": "Runtime Document",
        "sourceType": "inline",
        "outputKey": "_knowledgeIngestion",
        **given.scope(),
    }
    return RecipeNode(key="ingest", type="knowledge-ingest", label="Load Knowledge", at=at, config=config)


def retrieve(
    label: str,
    given: TemplateParameters,
    at: Place,
    *,
    key: str = "retrieve",
    strategy: str = "single",
    retrievers: tuple[JsonObject, ...] = (),
    **more: Json,
) -> RecipeNode:
    """Too little is told in the output and fails nothing: the answer is to say so then."""
    config: JsonObject = {
        "strategy": strategy,
        "queryPath": given.query_path,
        "queryTemplate": given.question,
        "topK": given.top_k,
        "failOnError": False,
        "failOnEmpty": False,
        "minMatches": 1,
        "outputKey": "_knowledge",
        "setAsPrimary": True,
        **given.scope(),
        **({"retrievers": list(retrievers)} if retrievers else {}),
        **more,
    }
    return RecipeNode(key=key, type="knowledge-retrieve", label=label, at=at, config=config)


def by_meaning(key: str, query: str, **more: Json) -> JsonObject:
    """A retriever that compares meanings."""
    return {"key": key, "queryTemplate": query, "mode": "dense", **more}


def by_words(key: str, query: str, **more: Json) -> JsonObject:
    """A retriever that compares words."""
    return {"key": key, "queryTemplate": query, "mode": "lexical", **more}


def by_both(key: str, query: str, **more: Json) -> JsonObject:
    """A retriever that fuses both ways."""
    return {"key": key, "queryTemplate": query, "mode": "hybrid", **more}


def llm(key: str, label: str, prompt: str, at: Place, **more: Json) -> RecipeNode:
    config: JsonObject = {
        "provider": PROVIDER,
        "model": MODEL,
        "promptTemplate": prompt,
        "temperature": 0.2,
        "maxTokens": 1200,
        **more,
    }
    return RecipeNode(key=key, type="llm", label=label, at=at, config=config)


def evaluation(label: str, at: Place, **checks: Json) -> RecipeNode:
    config: JsonObject = {"valuePath": "content", **checks}
    return RecipeNode(key="evaluate", type="evaluation", label=label, at=at, config=config)


def memory_read(label: str, memory: str, at: Place, **more: Json) -> RecipeNode:
    """Of the workflow: what earlier runs left is there when a run begins."""
    config: JsonObject = {"memoryKey": memory, "scope": "workflow", **more}
    return RecipeNode(key="recall", type="memory-read", label=label, at=at, config=config)


def memory_write(label: str, memory: str, at: Place, **more: Json) -> RecipeNode:
    config: JsonObject = {"memoryKey": memory, "scope": "workflow", **more}
    return RecipeNode(key="remember", type="memory-write", label=label, at=at, config=config)


def output(at: Place) -> RecipeNode:
    return RecipeNode(key="output", type="output", label="Final Output", at=at, config={})
