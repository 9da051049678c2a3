"""Sealed provider keys in rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.owners import locked_owner
from adapters.postgres.tables.provider_keys import provider_keys
from domain.ids import ProviderKeyId, UserId
from domain.provider_keys.errors import ProviderKeyNotFound, TooManyProviderKeys
from domain.provider_keys.provider_key import MAX_KEYS, Provider, ProviderKey

_NEWEST_FIRST = (provider_keys.c.created_at.desc(), provider_keys.c.id.desc())


class PostgresProviderKeyRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, key: ProviderKey) -> None:
        await locked_owner(self._connection, key.owner_id)
        mine = select(func.count()).where(provider_keys.c.user_id == key.owner_id)
        if (await self._connection.execute(mine)).scalar_one() >= MAX_KEYS:
            raise TooManyProviderKeys
        await self._connection.execute(insert(provider_keys), _as_row(key))

    async def of_owner(self, owner_id: UserId) -> Sequence[ProviderKey]:
        found = await self._connection.execute(
            select(provider_keys).where(provider_keys.c.user_id == owner_id).order_by(*_NEWEST_FIRST)
        )
        return [_from_row(row) for row in found]

    async def find_newest(self, owner_id: UserId, provider: Provider) -> ProviderKey | None:
        wanted = (provider_keys.c.user_id == owner_id, provider_keys.c.provider == provider.value)
        found = await self._connection.execute(select(provider_keys).where(*wanted).order_by(*_NEWEST_FIRST).limit(1))
        row = found.one_or_none()
        return None if row is None else _from_row(row)

    async def remove(self, key_id: ProviderKeyId, owner_id: UserId) -> None:
        mine = (provider_keys.c.id == key_id, provider_keys.c.user_id == owner_id)
        if (await self._connection.execute(delete(provider_keys).where(*mine))).rowcount == 0:
            raise ProviderKeyNotFound

    async def not_sealed_with(self, ring_key: str, *, after: ProviderKeyId | None, limit: int) -> Sequence[ProviderKey]:
        others = select(provider_keys).where(provider_keys.c.ring_key != ring_key)
        rest = others if after is None else others.where(provider_keys.c.id > after)
        found = await self._connection.execute(rest.order_by(provider_keys.c.id).limit(limit))
        return [_from_row(row) for row in found]

    async def reseal(self, key: ProviderKey, *, was: str) -> None:
        unchanged = (provider_keys.c.id == key.id, provider_keys.c.sealed == was)
        sealed = {"sealed": key.sealed, "ring_key": key.ring_key}
        await self._connection.execute(update(provider_keys).where(*unchanged).values(**sealed))


def _as_row(key: ProviderKey) -> dict[str, object]:
    return {
        "id": key.id,
        "user_id": key.owner_id,
        "provider": key.provider.value,
        "label": key.label,
        "sealed": key.sealed,
        "ring_key": key.ring_key,
        "created_at": key.created_at,
    }


def _from_row(row: Row[Any]) -> ProviderKey:
    return ProviderKey(
        id=ProviderKeyId(row.id),
        owner_id=UserId(row.user_id),
        provider=Provider(row.provider),
        label=row.label,
        sealed=row.sealed,
        ring_key=row.ring_key,
        created_at=row.created_at,
    )
