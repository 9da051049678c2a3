"""Which keys somebody has left with us."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.ids import UserId
from domain.provider_keys.provider_key import ProviderKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProviderKeys:
    """Newest first: the first of a provider is the one that is used."""

    begin: BeginWork

    async def __call__(self, *, owner_id: UserId) -> Sequence[ProviderKey]:
        async with self.begin() as work:
            return await work.provider_keys.of_owner(owner_id)
