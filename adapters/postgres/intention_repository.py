"""Intentions in rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import translated_refusals
from adapters.postgres.tables.intentions import intentions
from domain.idempotency.idempotency_key import Intention, Remembered
from domain.ids import UserId

_KEY = (intentions.c.user_id, intentions.c.place, intentions.c.key)


class PostgresIntentionRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def remember(self, made: Remembered) -> Remembered:
        kept = insert(intentions).values(**_as_row(made))
        mine = kept.on_conflict_do_update(
            constraint=intentions.primary_key,
            set_={name: kept.excluded[name] for name in ("fingerprint", "outcome", "created_at", "expires_at")},
            where=intentions.c.expires_at <= made.created_at,
        )
        with translated_refusals():
            done = await self._connection.execute(mine.returning(intentions.c.outcome))
        if done.one_or_none() is not None:
            return made
        first = select(intentions).where(
            intentions.c.user_id == made.owner_id,
            intentions.c.place == made.place,
            intentions.c.key == made.intention.key,
        )
        return _from_row((await self._connection.execute(first)).one())

    async def forget(self, *, before: datetime, limit: int) -> int:
        oldest = select(*_KEY).where(intentions.c.expires_at < before).limit(limit).with_for_update(skip_locked=True)
        return (await self._connection.execute(delete(intentions).where(tuple_(*_KEY).in_(oldest)))).rowcount


def _as_row(made: Remembered) -> dict[str, object]:
    return {
        "user_id": made.owner_id,
        "place": made.place,
        "key": made.intention.key,
        "fingerprint": made.intention.fingerprint,
        "outcome": made.outcome,
        "created_at": made.created_at,
        "expires_at": made.expires_at,
    }


def _from_row(row: Row[Any]) -> Remembered:
    return Remembered(
        owner_id=UserId(row.user_id),
        place=row.place,
        intention=Intention(key=row.key, fingerprint=row.fingerprint),
        outcome=row.outcome,
        created_at=row.created_at,
    )
