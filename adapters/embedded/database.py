"""The one database in the cluster."""

import asyncpg

from adapters.embedded.address import PostgresAddress
from adapters.embedded.errors import EmbeddedPostgresFailed

ALWAYS_THERE = "postgres"


async def database_answers(address: PostgresAddress) -> bool:
    """False while the server is not up. The first time, create the database.

    Raise EmbeddedPostgresFailed when the server is up and refuses the password or the creation.
    """
    try:
        await (await _connect(address, address.database)).close()
    except asyncpg.InvalidCatalogNameError:
        await _create(address)
    except asyncpg.InvalidAuthorizationSpecificationError as refusal:
        raise EmbeddedPostgresFailed(f"The private database does not accept its password: {refusal}") from refusal
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


async def _create(address: PostgresAddress) -> None:
    try:
        connection = await _connect(address, ALWAYS_THERE)
        await connection.execute(f'CREATE DATABASE "{address.database}"')
        await connection.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as refusal:
        raise EmbeddedPostgresFailed(f"The private database could not be created: {refusal}") from refusal


async def _connect(address: PostgresAddress, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        host=address.host,
        port=address.port,
        user=address.user,
        password=address.password,
        database=database,
        ssl=False,
        timeout=10,
    )
