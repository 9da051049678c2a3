"""The key with which to ask a model provider in somebody's name."""

from dataclasses import dataclass

from application.ports.secret_box import SecretBox
from application.ports.unit_of_work import BeginWork
from domain.ids import UserId
from domain.provider_keys.provider_key import Provider, binding


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProviderKey:
    """The newest one for a provider, or None when there is none. Raise SecretUnreadable."""

    begin: BeginWork
    box: SecretBox

    async def __call__(self, *, owner_id: UserId, provider: Provider) -> str | None:
        async with self.begin() as work:
            key = await work.provider_keys.find_newest(owner_id, provider)
        return None if key is None else self.box.open(key.sealed, binding=binding(owner_id, provider))
