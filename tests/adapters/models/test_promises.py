"""What the port promises holds for the fake and for the providers."""

import asyncio

import pytest

from adapters.models.provider_models import ProviderModels
from application.ports.language_model import LanguageModel
from domain.models.errors import ModelFailed, ModelUnavailable
from tests.adapters.models.calls import a_request
from tests.fakes.language_model import FakeLanguageModel
from tests.model_server import GOOD_TEXT, Answer, ModelServer


@pytest.fixture(params=["fake", "real"])
def model(request: pytest.FixtureRequest, models: ProviderModels) -> LanguageModel:
    return FakeLanguageModel(GOOD_TEXT) if request.param == "fake" else models


@pytest.fixture(params=["fake", "real"])
def broken_model(request: pytest.FixtureRequest, models: ProviderModels, server: ModelServer) -> LanguageModel:
    server.next(*[Answer(status=500)] * 3)
    return FakeLanguageModel(ModelUnavailable("Gemini", "Down.")) if request.param == "fake" else models


async def test_overlapping_calls_are_answered_each(model: LanguageModel) -> None:
    replies = await asyncio.gather(*(model.complete(a_request(model=f"model-{at}")) for at in range(5)))
    assert [(each.text, each.model, each.provider) for each in replies] == [
        (GOOD_TEXT, f"model-{at}", "gemini") for at in range(5)
    ]
    assert all(each.usage.total_tokens > 0 for each in replies)


async def test_what_fails_is_a_failure_of_the_domain(broken_model: LanguageModel) -> None:
    with pytest.raises(ModelFailed, match=r"^LLM provider error: "):
        await broken_model.complete(a_request())
