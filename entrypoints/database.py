"""Where the rows are: the database of `DATABASE_URL`, or a private PostgreSQL in the data directory."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from entrypoints.container import embedded_postgres, running_postgres_url
from entrypoints.settings import Settings, SettingsRefused

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """`is_ours` when this process alone holds it: no other REX process can be at work on it."""

    url: str = field(repr=False)
    is_ours: bool


@asynccontextmanager
async def held_database(settings: Settings, say: Say) -> AsyncIterator[Database]:
    """The database for a process that serves. Raise AlreadyRunning when another one holds the data directory."""
    if settings.database_url is not None:
        yield Database(url=settings.database_url, is_ours=False)
        return
    server = embedded_postgres(settings.data_dir, say)
    address = await server.start()
    try:
        yield Database(url=address.url, is_ours=True)
    finally:
        await server.stop()


@asynccontextmanager
async def shared_database(settings: Settings) -> AsyncIterator[Database]:
    """The database for a process that is one of several, and holds none. Raise SettingsRefused when there is none."""
    url = settings.database_url or running_postgres_url(settings.data_dir)
    if url is None:
        raise SettingsRefused(
            f"There is no database: set DATABASE_URL, or start `rex up`, which holds the private one in "
            f"{settings.data_dir} and lets other processes use it"
        )
    yield Database(url=url, is_ours=False)


@asynccontextmanager
async def reached_database(settings: Settings, say: Say) -> AsyncIterator[Database]:
    """The database for one command: that of a serving process if there is one, else held for the time being."""
    running = None if settings.database_url else running_postgres_url(settings.data_dir)
    if running is not None:
        yield Database(url=running, is_ours=False)
        return
    async with held_database(settings, say) as database:
        yield database
