"""Runs revisions on the database that the caller names, or on `DATABASE_URL`."""

import asyncio
import os

from alembic import context
from sqlalchemy import URL, Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def target() -> URL:
    given: URL | None = context.config.attributes.get("url")
    return given or make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg")


def run(connection: Connection) -> None:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def migrate() -> None:
    engine = create_async_engine(target(), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(migrate())
