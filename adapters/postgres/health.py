"""Is the database there, and is its schema the one that this version needs."""

import asyncio
from collections.abc import Sequence
from functools import cached_property
from typing import Final

import asyncpg

from adapters.postgres.database import Database
from adapters.postgres.migrator import head_revision
from application.ports.health_probe import Finding
from domain.errors import DomainError

PATIENCE_SECONDS: Final = 2.0
CURRENT: Final = "SELECT version_num FROM alembic_version"


class PostgresHealthProbe:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def findings(self) -> Sequence[Finding]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                row = await self._database.row(CURRENT)
        except asyncpg.UndefinedTableError:
            row = None
        except (DomainError, TimeoutError) as failure:
            down = str(failure) or "No answer in time"
            return [
                Finding(name="database", is_up=False, detail=down),
                Finding(name="schema", is_up=False, detail="Unknown while the database is down"),
            ]
        return [Finding(name="database", is_up=True), self._schema("" if row is None else row["version_num"])]

    def _schema(self, revision: str) -> Finding:
        is_up = revision == self._head
        return Finding(
            name="schema", is_up=is_up, detail="" if is_up else f"At {revision or 'no revision'}, not at {self._head}"
        )

    @cached_property
    def _head(self) -> str:
        return head_revision()
