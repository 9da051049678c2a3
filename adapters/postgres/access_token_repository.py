"""Personal access tokens in rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.owners import locked_owner
from adapters.postgres.tables.access_tokens import access_tokens
from domain.access_tokens.access_token import MAX_TOKENS, AccessToken, Scope
from domain.access_tokens.errors import AccessTokenNotFound, TooManyAccessTokens
from domain.ids import AccessTokenId, UserId


class PostgresAccessTokenRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, token: AccessToken) -> None:
        await locked_owner(self._connection, token.owner_id)
        mine = select(func.count()).where(access_tokens.c.user_id == token.owner_id)
        if (await self._connection.execute(mine)).scalar_one() >= MAX_TOKENS:
            raise TooManyAccessTokens
        await self._connection.execute(insert(access_tokens), _as_row(token))

    async def of_owner(self, owner_id: UserId) -> Sequence[AccessToken]:
        mine = select(access_tokens).where(access_tokens.c.user_id == owner_id)
        found = await self._connection.execute(
            mine.order_by(access_tokens.c.created_at.desc(), access_tokens.c.id.desc())
        )
        return [_from_row(row) for row in found]

    async def remove(self, token_id: AccessTokenId, owner_id: UserId) -> None:
        mine = (access_tokens.c.id == token_id, access_tokens.c.user_id == owner_id)
        if (await self._connection.execute(delete(access_tokens).where(*mine))).rowcount == 0:
            raise AccessTokenNotFound

    async def remove_all(self, owner_id: UserId) -> None:
        await self._connection.execute(delete(access_tokens).where(access_tokens.c.user_id == owner_id))


def _as_row(token: AccessToken) -> dict[str, object]:
    return {
        "id": token.id,
        "user_id": token.owner_id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "digest": token.digest,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    }


def _from_row(row: Row[Any]) -> AccessToken:
    return AccessToken(
        id=AccessTokenId(row.id),
        owner_id=UserId(row.user_id),
        name=row.name,
        scopes=frozenset(Scope(each) for each in row.scopes),
        digest=bytes(row.digest),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
