"""The processes of REX: API, worker and clockwork on one database, together in one or each in its own."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

from entrypoints.container import RexContainer, migrate, once_there
from entrypoints.database import held_database, shared_database
from entrypoints.parts import Part
from entrypoints.settings import Settings
from entrypoints.stopping import Say, Stopping, stopped_by_signals
from entrypoints.worker.clockwork import Clockwork
from entrypoints.worker.duties import firing, upkeep
from entrypoints.worker.main import working
from entrypoints.worker.sign_of_life import refuse_place, sign_of_life
from entrypoints.worker.telling import telling_time

if TYPE_CHECKING:
    from entrypoints.http.services import HttpServices


class CannotListen(Exception):
    """The address that was set cannot be served; the text says what to set instead."""

    @classmethod
    def because(cls, failure: OSError, host: str, port: int) -> "CannotListen":
        if failure.errno == errno.EADDRINUSE:
            return cls(f"Port {port} on {host} is taken: stop what listens there, or set BACKEND_PORT to another port")
        return cls(f"Cannot listen on {host}, port {port} ({failure}): set BACKEND_HOST and BACKEND_PORT")


class PartDied(Exception):
    """Something that should run for as long as REX does came to an end by itself."""


async def serve(settings: Settings, parts: Part, *, say: Say, ready: Callable[[str], None]) -> None:
    """Serve until told to stop by SIGINT or SIGTERM, then leave nothing running, within a bounded time.

    A second signal does not wait any longer. `ready` hears the address, if there is an API. Only who serves and
    works holds a database of its own; others wait a while for one that is away just now. Raise CannotListen,
    AlreadyRunning, SettingsRefused, Unavailable or PartDied.
    """
    serving_task = asyncio.current_task()
    assert serving_task is not None
    is_complete = Part.API | Part.WORKER in parts
    stopping = Stopping(
        say=say,
        patience_seconds=settings.drain_patience.total_seconds(),
        holds_database=is_complete and settings.database_url is None,
    )
    with stopped_by_signals(serving_task, stopping):
        async with AsyncExitStack() as stack:
            refuse_place(settings.health_file)
            database = await stack.enter_async_context(
                held_database(settings, say) if is_complete else shared_database(settings)
            )
            if Part.API in parts:
                refuse_taken_port(settings.host, settings.port)
            patience = settings.database_patience
            await once_there(lambda: migrate(database.url), within=patience, say=say)
            container = await stack.enter_async_context(
                opened_container(settings, database.url, patience=patience, say=say)
            )
            stopping.give_up_on.append(container.database().give_up)
            if database.is_ours:
                await container.journal().abandon_leases()
                await container.ingestion_journal().abandon_leases()
            tasks = [await stack.enter_async_context(each) for each in _at_work(container, parts)]
            await stack.enter_async_context(sign_of_life(settings.health_file))
            await stack.enter_async_context(telling_time(container, parts))
            ready(url_of(settings.host, settings.port))
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            raise PartDied(", ".join(task.get_name() for task in done)) from next(iter(done)).exception()


def _at_work(container: RexContainer, parts: Part) -> Iterator[AbstractAsyncContextManager[asyncio.Task[None]]]:
    """In the order of their beginning: what stops first begins last."""
    if parts & Part.CLOCKWORK:
        yield ticking(container, parts)
    if parts & Part.WORKER:
        yield working(container, runs=Part.RUNS in parts, documents=Part.DOCUMENTS in parts)
    if Part.API in parts:
        yield answering(container)


@asynccontextmanager
async def opened_container(
    settings: Settings, database_url: str, *, patience: timedelta = timedelta(0), say: Say = lambda _: None
) -> AsyncIterator[RexContainer]:
    """Raise Unavailable when the database cannot be reached, for so long."""
    container = RexContainer(settings=settings, database_url=database_url)
    await once_there(container.database().open, within=patience, say=say)
    try:
        yield container
    finally:
        await container.database().close()
        await container.doorbells().close()
        if (redis := container.redis()) is not None:
            await redis.aclose()
        await container.provider_http().aclose()
        container.schemas().close()
        container.resolver().close()
        container.file_reader().close()
        await container.scripts().close()


@asynccontextmanager
async def ticking(container: RexContainer, parts: Part) -> AsyncIterator[asyncio.Task[None]]:
    """What happens by itself as time passes, while the block lasts."""
    duties = [
        *(upkeep(container) if Part.UPKEEP in parts else ()),
        *(firing(container) if Part.SCHEDULES in parts else ()),
    ]
    clockwork = Clockwork(duties=duties, clock=container.clock(), log=container.log())
    task = asyncio.create_task(clockwork.run(), name="clockwork")
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def answering(container: RexContainer) -> AbstractAsyncContextManager[asyncio.Task[None]]:
    """The API. What it is made of takes a second to load, which only those who serve it spend."""
    from entrypoints.http.app import create_app  # noqa: PLC0415
    from entrypoints.http.server import listening  # noqa: PLC0415

    settings = container.settings()
    return listening(create_app(http_services(container)), host=settings.host, port=settings.port)


def http_services(container: RexContainer) -> "HttpServices":
    """What HTTP calls, each by the name under which the container knows it."""
    from entrypoints.http.services import HttpServices  # noqa: PLC0415

    return HttpServices(**{each.name: getattr(container, each.name)() for each in fields(HttpServices)})


def refuse_taken_port(host: str, port: int) -> None:
    """Servers may share a port by accident on some systems; REX does not. Raise CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise CannotListen.because(failure, host, port) from failure


def url_of(host: str, port: int) -> str:
    """Where a browser on this machine finds a server that listens on `host`."""
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
