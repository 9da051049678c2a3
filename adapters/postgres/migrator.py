"""Brings a database to a revision of the schema."""

import asyncio
from pathlib import Path
from typing import Final

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from adapters.postgres.database import engine_url

MIGRATIONS: Final = Path(__file__).parents[2] / "migrations"
LOCK: Final = 7_239_411
"""Whoever migrates holds this advisory lock, so that processes that start together do not race."""


async def migrate(url: str, revision: str = "head") -> str:
    """Go up or down to `revision`; the answer is where the schema is then. Safe to repeat and to race."""
    guard = await asyncpg.connect(url)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        await asyncio.to_thread(_migrate, url, revision)
        return await current_revision(guard)
    finally:
        await guard.close()


def _migrate(url: str, revision: str) -> None:
    config = configured(url)
    if revision in ("head", "heads"):
        command.upgrade(config, "head")
    elif revision == "base":
        command.downgrade(config, "base")
    else:
        order = list(reversed(revisions()))
        current = asyncio.run(_asked(url))
        is_down = current != "" and order.index(revision) < order.index(current)
        (command.downgrade if is_down else command.upgrade)(config, revision)


async def _asked(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return await current_revision(connection)
    finally:
        await connection.close()


async def current_revision(connection: "asyncpg.Connection[asyncpg.Record]") -> str:
    """Blank for a database that was never migrated."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return ""
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision or ""


def head_revision() -> str:
    return revisions()[0]


def revisions() -> list[str]:
    """Newest first."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def configured(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = engine_url(url)
    return config
