"""`rex migrate`: bring the database to the newest schema."""

import asyncio

from entrypoints.cli.output import Format, FormatOption, out, print_json, say
from entrypoints.cli.session import guarded
from entrypoints.settings import Settings, read_settings


def migrate(output: FormatOption = Format.TEXT) -> None:
    """Bring the database to the newest schema; safe to repeat, and safe while REX is running."""
    revision = guarded(lambda: asyncio.run(_migrate(read_settings())))
    if output is Format.JSON:
        print_json({"revision": revision})
    else:
        out.print(f"The schema is at {revision}", markup=False)


async def _migrate(settings: Settings) -> str:
    from entrypoints.container import migrate as migrate_to_head
    from entrypoints.container import once_there
    from entrypoints.database import reached_database

    async with reached_database(settings, say) as database:
        revision: str = await once_there(
            lambda: migrate_to_head(database.url), within=settings.database_patience, say=say
        )
        return revision
