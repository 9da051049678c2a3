"""Brings a database to a revision of the schema."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.postgres.database import Connection, connect
from adapters.postgres.failures import translated_failures
from domain.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS: Final = Path(__file__).parents[2] / "migrations"
LOCK: Final = 7_239_411
"""Whoever migrates holds this advisory lock, so that processes that start together do not race."""

PATIENCE_SECONDS: Final = 600.0
"""How long to wait for another process that migrates."""


async def migrate(url: str, revision: str = "head") -> str:
    """Go up or down to `revision`; the answer is where the schema is then. Safe to repeat and to race.

    Raise Unavailable when the database cannot be reached, Conflict when the way there is unknown to this version.
    """
    with translated_failures():
        guard = await connect(url)
        try:
            await guard.execute("SELECT pg_advisory_lock($1)", LOCK, timeout=PATIENCE_SECONDS)
            current = await current_revision(guard)
            await asyncio.to_thread(_migrate, url, current, revision)
            return await current_revision(guard)
        finally:
            await guard.close()


def _migrate(url: str, current: str, revision: str) -> None:
    """alembic takes a while to load, and there rarely is anything to do for it."""
    order = ["base", *reversed(revisions())]
    wanted = order[-1] if revision == "head" else revision
    if strange := {wanted, current or "base"} - set(order):
        raise Conflict(f"This version of REX does not know the schema's revision {', '.join(sorted(strange))}")
    if wanted == (current or "base"):
        return
    from alembic import command  # noqa: PLC0415

    is_down = order.index(wanted) < order.index(current or "base")
    (command.downgrade if is_down else command.upgrade)(configured(url), wanted)


async def current_revision(connection: Connection) -> str:
    """Blank for a database that was never migrated."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return ""
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision or ""


def head_revision() -> str:
    return revisions()[0]


def revisions() -> list[str]:
    """Newest first. Their files are named by their numbers."""
    return sorted((path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py")), reverse=True)


def configured(url: str) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
