"""A REX to be killed: `python holder.py DATA_DIR`. Holds the database open and commits rows until it ends.

Prints the address, then the number of each row once it is committed.
"""

import asyncio
import itertools
import sys
from pathlib import Path

import asyncpg

from adapters.embedded.server import EmbeddedPostgres


def tell(words: object) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def main(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, say=lambda _: None)
    address = await server.start()
    connection = await asyncpg.connect(address.url)
    await connection.execute("CREATE TABLE IF NOT EXISTS committed (number int)")
    tell(address.url)
    for number in itertools.count(1):
        await connection.execute("INSERT INTO committed VALUES ($1)", number)
        tell(number)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
