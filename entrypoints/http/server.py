"""The HTTP server, inside a running event loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

PATIENCE = timedelta(seconds=5)


@asynccontextmanager
async def listening(app: Litestar, *, host: str, port: int) -> AsyncIterator[asyncio.Task[None]]:
    """Answer requests while the block lasts; then let those under way finish, for a bounded time.

    Yields the server's task, once connections are accepted.
    """
    server = Server(
        app, address=host, port=port, interface=Interfaces.ASGI, log_enabled=False, websockets=False, backlog=1024
    )
    task = asyncio.create_task(server.serve(), name="http server")
    try:
        await _accepting(host, port, task)
        yield task
    finally:
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves it unannotated
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await task


async def _accepting(host: str, port: int, task: asyncio.Task[None]) -> None:
    """Wait until a connection gets through, or the server has failed."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    while not task.done():
        try:
            _, writer = await asyncio.open_connection(reached, port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    task.result()
