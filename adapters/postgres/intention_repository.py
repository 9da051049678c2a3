"""Intentions in rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import translated_refusals
from adapters.postgres.tables.intentions import intentions
from domain.idempotency.idempotency_key import Intention, Remembered
from domain.ids import UserId

_KEY = (intentions.c.user_id, intentions.c.place, intentions.c.key)
_VALUES = ("fingerprint", "outcome", "was_there", "created_at", "expires_at")


class PostgresIntentionRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def remember(self, made: Remembered) -> Remembered:
        kept = insert(intentions).values(**_as_row(made))
        mine = kept.on_conflict_do_update(
            constraint=intentions.primary_key,
            set_={name: kept.excluded[name] for name in _VALUES},
            where=intentions.c.expires_at <= made.created_at,
        )
        with translated_refusals():
            done = await self._connection.execute(mine.returning(intentions.c.outcome))
        if done.one_or_none() is not None:
            return made
        first = select(intentions).where(_same(made))
        return _from_row((await self._connection.execute(first)).one())

    async def correct(self, made: Remembered) -> None:
        came_of_it = {"outcome": made.outcome, "was_there": made.was_there}
        await self._connection.execute(update(intentions).where(_same(made)).values(**came_of_it))

    async def forget(self, *, before: datetime, limit: int) -> int:
        oldest = select(*_KEY).where(intentions.c.expires_at < before).limit(limit).with_for_update(skip_locked=True)
        return (await self._connection.execute(delete(intentions).where(tuple_(*_KEY).in_(oldest)))).rowcount


def _same(made: Remembered) -> ColumnElement[bool]:
    return and_(
        intentions.c.user_id == made.owner_id,
        intentions.c.place == made.place,
        intentions.c.key == made.intention.key,
    )


def _as_row(made: Remembered) -> dict[str, object]:
    return {
        "user_id": made.owner_id,
        "place": made.place,
        "key": made.intention.key,
        "fingerprint": made.intention.fingerprint,
        "outcome": made.outcome,
        "was_there": made.was_there,
        "created_at": made.created_at,
        "expires_at": made.expires_at,
    }


def _from_row(row: Row[Any]) -> Remembered:
    return Remembered(
        owner_id=UserId(row.user_id),
        place=row.place,
        intention=Intention(key=row.key, fingerprint=row.fingerprint),
        outcome=row.outcome,
        was_there=row.was_there,
        created_at=row.created_at,
    )
