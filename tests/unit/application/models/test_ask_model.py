"""Whoever can answer does, with the right key, and the answer says when that was somebody else."""

from uuid import uuid4

import pytest

from application.models.ask_model import AskModel
from application.ports.language_model import Message, ModelReply, ModelRequest, Role
from domain.ids import UserId
from domain.models.errors import ModelKeyRefused
from domain.models.provider import Provider
from domain.provider_keys import provider_key
from tests.fakes.ask_model import asking
from tests.fakes.language_model import FakeLanguageModel

GEMINI, GROQ, OPENAI = provider_key.Provider.GEMINI, provider_key.Provider.GROQ, provider_key.Provider.OPENAI


async def asked(ask: AskModel, provider: Provider, model: str = "wanted") -> ModelReply:
    request = ModelRequest(provider=provider.value, model=model, messages=[Message(role=Role.USER, text="Why?")])
    return await ask(owner_id=UserId(uuid4()), request=request)


async def test_asks_the_wanted_provider_with_its_own_key() -> None:
    model = FakeLanguageModel("Because.")
    reply = await asked(asking(model, GEMINI, GROQ), Provider.GROQ)
    assert (reply.text, reply.provider, reply.warnings) == ("Because.", "groq", ())
    assert [(each.provider, each.model, each.api_key) for each in model.asked] == [("groq", "wanted", "key of groq")]


async def test_asks_another_one_for_its_own_model_and_says_so() -> None:
    model = FakeLanguageModel("Because.")
    reply = await asked(asking(model, OPENAI), Provider.GEMINI)
    assert [(each.provider, each.model, each.api_key) for each in model.asked] == [("openai", "", "key of openai")]
    assert reply.warnings == ("There is no Gemini key, so OpenAI was asked instead.",)


@pytest.mark.parametrize("provider", [Provider.GEMINI, Provider.GROQ, Provider.OPENAI])
async def test_quotes_when_there_is_no_key_at_all(provider: Provider) -> None:
    reply = await asked(asking(FakeLanguageModel("Because.")), provider)
    assert reply.provider == "extractive"
    assert reply.warnings == (f"There is no {provider.label} key, so Extractive was asked instead.",)


async def test_says_which_key_is_missing_where_quoting_is_not_wanted() -> None:
    model = FakeLanguageModel("Because.")
    with pytest.raises(ModelKeyRefused, match="There is no Groq key, nor one of another provider"):
        await asked(asking(model, falls_back=False), Provider.GROQ)
    assert model.asked == []


async def test_quotes_where_that_is_asked_for_whatever_keys_there_are() -> None:
    model = FakeLanguageModel("Because.")
    reply = await asked(asking(model, GEMINI, falls_back=False), Provider.EXTRACTIVE)
    assert (reply.provider, reply.warnings, model.asked[0].api_key) == ("extractive", (), None)


async def test_asks_a_server_of_ones_own_without_a_key_but_only_when_it_is_wanted() -> None:
    model = FakeLanguageModel("Because.")
    ask = asking(model, keyless=frozenset({Provider.EXTRACTIVE, Provider.OPENAI}))
    assert (await asked(ask, Provider.OPENAI)).provider == "openai"
    assert (await asked(ask, Provider.GEMINI)).provider == "extractive"
