"""Answer a prompt in somebody's name: with their key, or with the next best that there is, and say which."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from application.ports.language_model import LanguageModel, ModelReply, ModelRequest
from domain.ids import UserId
from domain.models.errors import ModelKeyRefused
from domain.models.provider import Provider
from domain.provider_keys import provider_key


class OpenKey(Protocol):
    async def __call__(self, *, owner_id: UserId, provider: provider_key.Provider) -> str | None:
        """The key, None when there is none. Raise SecretUnreadable or Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskModel:
    """`keyless` providers are asked without a key when none is stored; with nobody to ask, `falls_back` on quoting.

    Another provider than the wanted one is asked for its own usual model, and the reply's first warning says so.
    """

    open_key: OpenKey
    model: LanguageModel
    keyless: Collection[Provider]
    falls_back: bool

    async def __call__(self, *, owner_id: UserId, request: ModelRequest) -> ModelReply:
        """Raise ModelFailed, SecretUnreadable or Unavailable; ModelKeyRefused when there is nobody to ask."""
        wanted = Provider(request.provider)
        for provider in self._in_order(wanted):
            key = await self._key(owner_id, provider)
            if key is not None or provider in self.keyless:
                return await self._ask(provider, key, wanted, request)
        if self.falls_back:
            return await self._ask(Provider.EXTRACTIVE, None, wanted, request)
        raise ModelKeyRefused(
            wanted.value, f"There is no {wanted.label} key, nor one of another provider: add one under API keys."
        )

    def _in_order(self, wanted: Provider) -> Iterator[Provider]:
        """The wanted one, then those that a key is stored for; nobody falls back on a keyless server by accident."""
        yield wanted
        if wanted is not Provider.EXTRACTIVE:
            yield from (each for each in Provider if each not in {wanted, Provider.EXTRACTIVE, *self.keyless})

    async def _key(self, owner_id: UserId, provider: Provider) -> str | None:
        if provider is Provider.EXTRACTIVE:
            return None
        return await self.open_key(owner_id=owner_id, provider=provider_key.Provider(provider.value))

    async def _ask(self, provider: Provider, key: str | None, wanted: Provider, request: ModelRequest) -> ModelReply:
        if provider is wanted:
            return await self.model.complete(replace(request, api_key=key))
        reply = await self.model.complete(replace(request, provider=provider.value, model="", api_key=key))
        instead = f"There is no {wanted.label} key, so {provider.label} was asked instead."
        return replace(reply, warnings=(instead, *reply.warnings))
