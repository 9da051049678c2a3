"""Keeps sealed keys to model providers."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import ProviderKeyId, UserId
from domain.provider_keys.provider_key import Provider, ProviderKey


class ProviderKeyRepository(Protocol):
    async def add(self, key: ProviderKey) -> None:
        """Raise UserNotFound when the owner does not exist (any more), TooManyProviderKeys at the limit."""

    async def of_owner(self, owner_id: UserId) -> Sequence[ProviderKey]:
        """Newest first; equal times by id."""

    async def find_newest(self, owner_id: UserId, provider: Provider) -> ProviderKey | None:
        """The one that is used."""

    async def remove(self, key_id: ProviderKeyId, owner_id: UserId) -> None:
        """Raise ProviderKeyNotFound when absent or not owned by `owner_id`."""

    async def not_sealed_with(self, ring_key: str, *, after: ProviderKeyId | None, limit: int) -> Sequence[ProviderKey]:
        """Keys of any owner that another key of the ring sealed, by id from `after` on."""

    async def reseal(self, key: ProviderKey, *, was: str) -> None:
        """Replace the sealed text, unless it is not `was` any more or the key is gone."""
