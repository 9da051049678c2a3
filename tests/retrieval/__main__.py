"""How well searches rank with the embedder that needs no model: `python -m tests.retrieval`.

The collection of our own, searched as a whole, and each of its languages in a corpus of its own.
"""

import asyncio

from rich.console import Console
from rich.table import Table

from adapters.postgres.database import Database
from adapters.postgres.migrator import migrate
from application.ports.knowledge import SearchMode
from tests.contracts.libraries import postgres_library
from tests.postgres import new_database, test_server
from tests.retrieval.judged import LANGUAGES, Collected, own_collection, shelved


def main() -> None:
    table = Table("documents", "queries", *[f"{mode} {of}@10" for mode in SearchMode for of in ("nDCG", "recall")])
    for row in asyncio.run(_measured()):
        table.add_row(*row)
    Console(width=140).print(table)


async def _measured() -> list[list[str]]:
    collection = own_collection()
    parts = {"all": collection, **{language: collection.alone(language) for language in LANGUAGES}}
    async with test_server() as server, new_database(server) as url:
        await migrate(url)
        database = Database(url, size=4)
        await database.open()
        try:
            return [await _row(database, name, part) for name, part in parts.items()]
        finally:
            await database.close()


async def _row(database: Database, name: str, part: Collected) -> list[str]:
    shelf = await shelved(postgres_library(database), part)
    measured = [await shelf.quality(part, mode) for mode in SearchMode]
    shown = [f"{value:.3f}" for each in measured for value in (each.ndcg, each.recall)]
    return [f"{name}: {len(part.documents)}", str(len(part.queries)), *shown]


if __name__ == "__main__":
    main()
