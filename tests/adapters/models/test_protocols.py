"""What goes over the wire to each provider, and what its answers mean."""

from typing import Any

import pytest

from adapters.models.openai_compatible import OpenAiCompatible
from adapters.models.provider_http import ProviderHttp
from adapters.models.provider_models import ProviderModels
from application.ports.language_model import FinishReason, Message, Role, Usage
from domain.models.errors import ModelFailed, ModelKeyRefused, ModelRefused, ModelUnavailable
from tests.adapters.models.calls import KEY, a_conversation, a_request
from tests.model_server import GOOD_TEXT, ModelServer, as_json, gemini_says, openai_says

EVERY_PROVIDER = pytest.mark.parametrize("provider", ["gemini", "groq", "openai"])


@EVERY_PROVIDER
async def test_answers_with_text_usage_and_reason(models: ProviderModels, provider: str) -> None:
    reply = await models.complete(a_request(provider, model="some-model"))
    assert (reply.text, reply.model, reply.provider) == (GOOD_TEXT, "some-model", provider)
    assert reply.usage == Usage(prompt_tokens=7, completion_tokens=3, total_tokens=10)
    assert (reply.finish_reason, reply.warnings) == (FinishReason.STOP, ())


async def test_gemini_is_asked_in_its_own_words(models: ProviderModels, server: ModelServer) -> None:
    await models.complete(a_conversation("gemini"))
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1beta/models/gemini-2.0-flash:generateContent")
    assert asked.json == {
        "contents": [
            {"role": "user", "parts": [{"text": "Hello"}]},
            {"role": "model", "parts": [{"text": "Hi"}]},
            {"role": "user", "parts": [{"text": "What is the answer?"}]},
        ],
        "generationConfig": {"temperature": 0.2, "maxOutputTokens": 1200},
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
    }


@pytest.mark.parametrize(
    ("provider", "path", "model"),
    [
        ("groq", "/openai/v1/chat/completions", "llama-3.3-70b-versatile"),
        ("openai", "/v1/chat/completions", "gpt-4o-mini"),
    ],
)
async def test_openais_protocol_is_asked_in_its_own_words(
    models: ProviderModels, server: ModelServer, provider: str, path: str, model: str
) -> None:
    await models.complete(a_conversation(provider))
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", path)
    assert asked.json == {
        "model": model,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hi"},
            {"role": "user", "content": "What is the answer?"},
        ],
        "temperature": 0.2,
        "max_tokens": 1200,
    }


@pytest.mark.parametrize(
    ("provider", "header", "value"),
    [("gemini", "x-goog-api-key", KEY), ("groq", "authorization", f"Bearer {KEY}")],
)
async def test_the_key_travels_in_one_header_only(
    models: ProviderModels, server: ModelServer, provider: str, header: str, value: str
) -> None:
    await models.complete(a_request(provider, api_key=f" {KEY}\n"))
    (asked,) = server.asked
    assert asked.headers[header] == value
    assert [name for name, each in asked.headers.items() if KEY in each] == [header]
    assert KEY not in asked.path
    assert KEY.encode() not in asked.body


async def test_a_server_of_ones_own_needs_no_key(models: ProviderModels, server: ModelServer) -> None:
    await models.complete(a_request("openai", api_key=None))
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("provider", ["gemini", "groq"])
@pytest.mark.parametrize("key", [None, "", "  \n"])
async def test_without_a_key_nobody_is_asked(
    models: ProviderModels, server: ModelServer, provider: str, key: str | None
) -> None:
    with pytest.raises(ModelKeyRefused, match="Add one in Settings"):
        await models.complete(a_request(provider, api_key=key))
    assert server.asked == []


async def test_openais_own_server_is_not_asked_without_a_key(http: ProviderHttp) -> None:
    with pytest.raises(ModelKeyRefused):
        await OpenAiCompatible(http, name="OpenAI", url="https://api.openai.com/v1").complete(
            a_request("openai", api_key=None)
        )


@EVERY_PROVIDER
@pytest.mark.parametrize("key", ["sëcret-0123456789", "secret\r\nx: 0123456789", "secret 0123456789", "s" * 5000])
async def test_a_key_that_no_header_can_hold_is_refused_without_repeating_it(
    models: ProviderModels, server: ModelServer, provider: str, key: str
) -> None:
    with pytest.raises(ModelKeyRefused) as refused:
        await models.complete(a_request(provider, api_key=key))
    assert key[:6] not in str(refused.value)
    assert refused.value.__cause__ is None
    assert server.asked == []


async def test_a_models_name_cannot_leave_its_place_in_the_address(models: ProviderModels, server: ModelServer) -> None:
    await models.complete(a_request(model="../../v1/files?x=#"))
    assert server.asked[0].path == "/v1beta/models/..%2F..%2Fv1%2Ffiles%3Fx%3D%23:generateContent"


async def test_a_models_name_without_end_is_refused(models: ProviderModels, server: ModelServer) -> None:
    with pytest.raises(ModelRefused, match="Check the model's name"):
        await models.complete(a_request(model="m" * 70_000))
    assert server.asked == []


@EVERY_PROVIDER
async def test_text_that_utf8_cannot_hold_is_mended(models: ProviderModels, server: ModelServer, provider: str) -> None:
    await models.complete(a_request(provider, messages=[Message(role=Role.USER, text="half \ud83d of it")]))
    assert b"half ? of it" in server.asked[0].body


async def test_all_parts_of_geminis_answer_count_but_not_its_thoughts(
    models: ProviderModels, server: ModelServer
) -> None:
    said = gemini_says()
    said["candidates"][0]["content"]["parts"] = [{"text": "Hm.", "thought": True}, {"text": "Forty-"}, {"text": "two"}]
    said["usageMetadata"]["thoughtsTokenCount"] = 5
    said["usageMetadata"]["totalTokenCount"] = 15
    server.next(as_json(said))
    reply = await models.complete(a_request())
    assert reply.text == "Forty-two"
    assert reply.usage == Usage(prompt_tokens=7, completion_tokens=8, total_tokens=15)


async def test_content_in_parts_is_joined(models: ProviderModels, server: ModelServer) -> None:
    said = openai_says()
    said["choices"][0]["message"]["content"] = [{"type": "text", "text": "Forty-"}, {"type": "text", "text": "two"}]
    server.next(as_json(said))
    assert (await models.complete(a_request("openai"))).text == "Forty-two"


async def test_a_blocked_prompt_is_told_with_its_reason(models: ProviderModels, server: ModelServer) -> None:
    server.next(as_json({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}))
    with pytest.raises(ModelRefused, match=r"Gemini blocked the prompt \(PROHIBITED_CONTENT\)"):
        await models.complete(a_request())


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ("gemini", {"candidates": [{"finishReason": "SAFETY"}]}),
        ("groq", {"choices": [{"message": {"content": None}, "finish_reason": "content_filter"}]}),
        ("groq", {"choices": [{"message": {"content": None, "refusal": "I can't"}, "finish_reason": "stop"}]}),
    ],
)
async def test_an_answer_that_was_filtered_away_is_a_refusal(
    models: ProviderModels, server: ModelServer, provider: str, said: dict[str, Any]
) -> None:
    server.next(as_json(said))
    with pytest.raises(ModelRefused, match=r"SAFETY|content_filter|declined: I can't"):
        await models.complete(a_request(provider))


@pytest.mark.parametrize(
    ("provider", "said"), [("gemini", {"candidates": []}), ("gemini", {}), ("groq", {"choices": []}), ("openai", {})]
)
async def test_no_answer_at_all_is_told_as_such(
    models: ProviderModels, server: ModelServer, provider: str, said: dict[str, Any]
) -> None:
    server.next(as_json(said))
    with pytest.raises(ModelUnavailable, match="without a c"):
        await models.complete(a_request(provider))


async def test_an_error_that_comes_as_a_success_is_told(models: ProviderModels, server: ModelServer) -> None:
    server.next(as_json({"error": {"message": "upstream is gone"}}))
    with pytest.raises(ModelUnavailable, match="upstream is gone"):
        await models.complete(a_request("openai"))


@pytest.mark.parametrize(
    ("said", "finish", "warning"),
    [
        (gemini_says(finish="MAX_TOKENS"), FinishReason.LENGTH, "cut at the limit of 1200 tokens"),
        (gemini_says(finish="RECITATION"), FinishReason.BLOCKED, "filter (RECITATION)"),
        (gemini_says(finish="COSMIC_RAYS"), FinishReason.OTHER, "unusual reason (COSMIC_RAYS)"),
        (gemini_says(finish="x" * 5000), FinishReason.OTHER, "unusual reason"),
        ({"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": 7}]}, FinishReason.OTHER, "without"),
        (gemini_says(""), FinishReason.STOP, "The answer is empty."),
    ],
)
async def test_what_is_odd_about_an_answer_is_a_warning(
    models: ProviderModels, server: ModelServer, said: dict[str, Any], finish: FinishReason, warning: str
) -> None:
    server.next(as_json(said))
    reply = await models.complete(a_request())
    assert reply.finish_reason is finish
    assert warning in reply.warnings[0]
    assert len(reply.warnings[0]) < 150


@pytest.mark.parametrize("usage", [None, "many", {}, {"prompt_tokens": -1, "completion_tokens": True}])
async def test_usage_that_makes_no_sense_is_estimated_and_marked(
    models: ProviderModels, server: ModelServer, usage: Any
) -> None:
    server.next(as_json({**openai_says("12345"), "usage": usage}))
    reply = await models.complete(a_request("groq", messages=[Message(role=Role.USER, text="12345678")]))
    assert reply.usage == Usage(prompt_tokens=2, completion_tokens=2, total_tokens=4, estimated=True)


async def test_an_unknown_provider_is_refused_by_name(models: ProviderModels) -> None:
    with pytest.raises(ModelRefused, match="no provider 'clippy'"):
        await models.complete(a_request("clippy"))


@pytest.mark.parametrize("address", ["", "api.example.com/v1", "ftp://example.com", "http://"])
def test_an_address_that_is_none_is_refused_at_the_start(http: ProviderHttp, address: str) -> None:
    with pytest.raises(ValueError, match="OpenAI"):
        ProviderModels(http, openai_url=address)


def test_a_request_does_not_show_its_key_or_prompt() -> None:
    assert KEY not in repr(a_request())
    assert "What is the answer" not in repr(a_request())


@pytest.mark.parametrize("kind", ModelFailed.__subclasses__())
def test_every_failure_begins_as_steps_record_it(kind: type[ModelFailed]) -> None:
    assert str(kind("Gemini", "It rains.")) == "LLM provider error: It rains."
