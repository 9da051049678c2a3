"""Users in rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import translated_refusals
from adapters.postgres.tables.accounts import users
from domain.accounts.errors import UserNotFound
from domain.accounts.user import User, email_key
from domain.ids import UserId


class PostgresUserRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, user: User) -> None:
        with translated_refusals():
            await self._connection.execute(insert(users), _as_row(user))

    async def get(self, user_id: UserId) -> User:
        found = await self._connection.execute(select(users).where(users.c.id == user_id))
        if (row := found.one_or_none()) is None:
            raise UserNotFound
        return _from_row(row)

    async def find_by_email(self, email: str) -> User | None:
        found = await self._connection.execute(select(users).where(users.c.email_key == email_key(email)))
        row = found.one_or_none()
        return None if row is None else _from_row(row)

    async def first(self, count: int) -> Sequence[User]:
        found = await self._connection.execute(select(users).order_by(users.c.created_at, users.c.id).limit(count))
        return [_from_row(row) for row in found]

    async def end_sessions(self, user_id: UserId) -> None:
        ended = {"token_version": users.c.token_version + 1, "updated_at": func.now()}
        if (await self._connection.execute(update(users).where(users.c.id == user_id).values(**ended))).rowcount == 0:
            raise UserNotFound


def _as_row(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "email": user.email,
        "email_key": user.email_key,
        "name": user.name,
        "password_hash": user.password_hash,
        "token_version": user.token_version,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }


def _from_row(row: Row[Any]) -> User:
    return User(
        id=UserId(row.id),
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        token_version=row.token_version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
