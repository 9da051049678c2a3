"""A provider that misbehaves on command, and the ways to call it."""

from collections.abc import AsyncIterator

import pytest

from adapters.models.patience import Patience
from adapters.models.provider_http import ProviderHttp
from adapters.models.provider_models import ProviderModels
from tests.adapters.models.calls import LITTLE
from tests.fakes.clock import FakeClock
from tests.model_server import ModelServer


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer.running() as one:
        yield one


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def http(clock: FakeClock) -> AsyncIterator[ProviderHttp]:
    one = ProviderHttp(clock, patience=Patience(random=lambda: 0.0), most_bytes=LITTLE)
    yield one
    await one.aclose()


@pytest.fixture
def models(http: ProviderHttp, server: ModelServer) -> ProviderModels:
    return ProviderModels(
        http, gemini_url=f"{server.url}/v1beta", groq_url=f"{server.url}/openai/v1", openai_url=f"{server.url}/v1"
    )
