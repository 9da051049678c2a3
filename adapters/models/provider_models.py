"""All models behind one port: the request names the provider."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from adapters.models.extractive import Extractive
from adapters.models.gemini import GEMINI_URL, Gemini
from adapters.models.openai_compatible import GROQ_URL, OPENAI_URL, OpenAiCompatible
from adapters.models.provider_http import ProviderHttp
from application.ports.language_model import LanguageModel, ModelReply, ModelRequest
from domain.models.errors import ModelRefused
from domain.models.provider import Provider

_LONGEST_NAME: Final = 40


class ProviderModels:
    """Passes each call to the provider it names; a blank model means the provider's default.

    `openai_url` may be any server that speaks OpenAI's protocol. Raise ValueError when an address is none.
    """

    def __init__(
        self,
        http: ProviderHttp,
        *,
        gemini_url: str = GEMINI_URL,
        groq_url: str = GROQ_URL,
        openai_url: str = OPENAI_URL,
    ) -> None:
        self._http = http
        self._models: Mapping[Provider, LanguageModel] = {
            Provider.GEMINI: Gemini(http, url=gemini_url),
            Provider.GROQ: OpenAiCompatible(http, name=Provider.GROQ.label, url=groq_url, needs_key=True),
            Provider.OPENAI: OpenAiCompatible(http, name=Provider.OPENAI.label, url=openai_url),
            Provider.EXTRACTIVE: Extractive(),
        }

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Raise ModelRefused for a provider that does not exist."""
        try:
            provider = Provider(request.provider)
        except ValueError:
            known = ", ".join(Provider)
            named = request.provider[:_LONGEST_NAME]
            raise ModelRefused(named, f"There is no provider {named!r}; known are {known}.") from None
        asked = replace(request, model=provider.model_for(request.model))
        return await self._models[provider].complete(asked)

    async def aclose(self) -> None:
        """Close the connections that wait for the next call."""
        await self._http.aclose()
