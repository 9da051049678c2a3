"""A real PostgreSQL with pgvector for the tests, wherever they run."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import docker
from docker.errors import DockerException
from testcontainers.community.postgres import PostgresContainer

from adapters.embedded.server import EmbeddedPostgres

IMAGE = "pgvector/pgvector:pg18"
DOCKER_SOCKET = Path("/var/run/docker.sock")


@asynccontextmanager
async def test_server() -> AsyncIterator[str]:
    """The URL of a server: the one that was named, else one in a container, else one of our own."""
    if named := os.environ.get("REX_TEST_DATABASE_URL"):
        yield named
    elif docker_is_reachable():
        with PostgresContainer(IMAGE, driver=None) as container:
            yield container.get_connection_url()
    else:
        with reachable_directory() as directory:
            server = EmbeddedPostgres(directory, say=lambda _: None)
            address = await server.start()
            try:
                yield address.url
            finally:
                await server.stop()


@contextmanager
def reachable_directory() -> Iterator[Path]:
    """A temporary directory that a server without privileges can get into."""
    with tempfile.TemporaryDirectory(prefix="rex-tests-") as name:
        directory = Path(name)
        directory.chmod(0o711)
        yield directory


def docker_is_reachable() -> bool:
    if "DOCKER_HOST" not in os.environ and not DOCKER_SOCKET.exists():
        return False
    try:
        client = docker.from_env()
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except DockerException:
        return False
    finally:
        client.close()


@asynccontextmanager
async def new_database(server: str) -> AsyncIterator[str]:
    """The URL of an empty database, gone afterwards."""
    name = f"test_{uuid4().hex[:12]}"
    await _administer(server, f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        await _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _administer(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
