"""Every provider behind the one port."""

from collections.abc import Mapping

from application.ports.language_model import LanguageModel, ModelReply, ModelRequest
from domain.models.errors import ModelRefused


class ProviderModels:
    """Passes each request on to the model of its provider."""

    def __init__(self, models: Mapping[str, LanguageModel]) -> None:
        self._models = models

    async def complete(self, request: ModelRequest) -> ModelReply:
        model = self._models.get(request.provider)
        if model is None:
            raise ModelRefused(request.provider, f"There is no model provider called {request.provider}")
        return await model.complete(request)
