"""Take a key back."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.ids import ProviderKeyId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteProviderKey:
    """Raise ProviderKeyNotFound."""

    begin: BeginWork

    async def __call__(self, *, key_id: ProviderKeyId, actor_id: UserId) -> None:
        async with self.begin() as work:
            await work.provider_keys.remove(key_id, actor_id)
            await work.commit()
