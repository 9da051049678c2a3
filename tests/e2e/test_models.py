"""What llm nodes do in a running REX: with a key, with a wrong one, and without any."""

import asyncio
from typing import Any

from tests.e2e.drawings import chain, node
from tests.e2e.person import Person
from tests.live import LiveRex
from tests.model_server import Asked, ModelServer, as_json, openai_says, refusing

TEXT = (
    "The ferry to the island leaves at seven in the morning. A ticket costs four crowns. "
    "In winter the ferry does not sail, and the island is reached over the ice. The captain keeps a cat."
)

ASKED = {"text": TEXT, "query": "When does the ferry leave?"}


def answering(**config: Any) -> dict[str, Any]:
    return chain(
        node("start", "manual-trigger"),
        node("keep", "knowledge-ingest", contentPath="text", title="Ferry", scopeType="workflow"),
        node("find", "knowledge-retrieve", queryPath="query", scopeType="workflow"),
        node("answer", "llm", **{"provider": "gemini", "promptTemplate": "Question: {{query}}", **config}),
        node("judge", "evaluation", minLength="160", requestRetryOnFail="true"),
        node("end", "output"),
    )


def test_answers_from_what_it_found_without_any_key_and_better_when_that_was_not_enough() -> None:
    with LiveRex.fresh() as rex:
        ada = Person(rex.url)
        record = ada.follows(
            ada.starts(ada.draws(answering()), {"text": TEXT, "query": "When does the ferry leave for the island?"})
        )
    assert (record["status"], record["errorMessage"]) == ("completed", None)
    answer = next(step for step in record["steps"] if step["nodeType"] == "llm")
    assert answer["output"]["content"].startswith("The ferry to the island leaves at seven in the morning. [1]")
    assert len(answer["output"]["content"]) >= 160
    assert [each["status"] for each in answer["output"]["_attempts"]] == ["retry", "completed"]
    assert (answer["output"]["provider"], answer["output"]["requestedProvider"]) == ("extractive", "gemini")
    assert answer["output"]["warnings"][0] == "There is no Gemini key, so Extractive was asked instead."
    [used] = answer["output"]["knowledge"]["used"]
    assert (used["number"], used["title"]) == (1, "Ferry")


def test_says_which_key_is_missing_where_quoting_is_switched_off() -> None:
    with LiveRex.fresh(REX_MODEL_FALLBACK="none") as rex:
        ada = Person(rex.url)
        record = ada.follows(ada.starts(ada.draws(answering(provider="groq")), ASKED))
    assert record["status"] == "failed"
    assert "There is no Groq key, nor one of another provider: add one under API keys." in record["errorMessage"]


async def test_asks_a_server_that_speaks_openais_protocol_again_with_what_was_wrong() -> None:
    long = (
        "The ferry leaves at seven in the morning, and a ticket to the island costs four crowns, says the text [1]. "
        * 2
    )
    async with ModelServer.running() as models:
        busy = refusing(429, "Slow down, sk-secret-of-ada-0123456789", retry_after="0")
        models.next(busy, as_json(openai_says("At seven.")), as_json(openai_says(long, finish="length")))
        record, shown = await asyncio.to_thread(with_a_key, models.url)
    assert record["status"] == "completed"
    answer = next(step for step in record["steps"] if step["nodeType"] == "llm")["output"]
    assert (answer["content"], answer["provider"], answer["model"]) == (long, "openai", "gpt-4o-mini")
    assert answer["usage"] == {"promptTokens": 7, "completionTokens": 3, "totalTokens": 10}
    assert answer["finishReason"] == "length"
    assert "requestedProvider" not in answer
    first, _, second = (_prompt(each) for each in models.asked)
    assert first.startswith("Question: When does the ferry leave?\n\n## Retrieved knowledge")
    assert "Feedback: an earlier answer was rejected (Evaluation failed: Length is 9" in second
    assert {each.headers["authorization"] for each in models.asked} == {"Bearer sk-secret-of-ada-0123456789"}
    assert "sk-secret" not in shown


def with_a_key(url: str) -> tuple[dict[str, Any], str]:
    """The record of a run, and everything that REX said."""
    with LiveRex.fresh(REX_OPENAI_BASE_URL=url) as rex:
        ada = Person(rex.url)
        key = {"provider": "openai", "key": "sk-secret-of-ada-0123456789", "label": "mine"}
        assert ada.asks("POST", "/api/keys", key).status_code == 201
        record = ada.follows(ada.starts(ada.draws(answering(provider="openai")), ASKED))
        return record, str(record) + rex.said


def _prompt(asked: Asked) -> str:
    prompt: str = asked.json["messages"][-1]["content"]
    return prompt
