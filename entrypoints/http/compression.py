"""Large answers travel compressed, to callers that accept gzip."""

import asyncio
import gzip
import re
from typing import Final

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseBodyEvent, HTTPResponseStartEvent, Message, Receive, Scope, Send

WORTH_IT: Final = 4096
"""Bytes from which the network gains more than the processor loses."""

TAKES_A_WHILE: Final = 65536
"""Bytes from which other requests should not have to wait for it."""

_LEVEL: Final = 1
_GZIP: Final = re.compile(rb"(?:^|[,\s])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)


class Compression:
    """Small answers pay nothing for it; the work on very large ones leaves the event loop free."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _accepts_gzip(scope):
            await self._app(scope, receive, send)
            return
        held: HTTPResponseStartEvent | None = None

        async def compressing(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                held = message
                return
            if held is not None and message["type"] == "http.response.body":
                start, held = held, None
                await _compress(start, message)
                await send(start)
            await send(message)

        await self._app(scope, receive, compressing)


def _accepts_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and _GZIP.search(value) for name, value in scope["headers"])


async def _compress(start: HTTPResponseStartEvent, whole: HTTPResponseBodyEvent) -> None:
    """Change both messages in place, if there is one body and it is large enough."""
    body = whole["body"]
    if len(body) < WORTH_IT or whole.get("more_body"):
        return
    if len(body) < TAKES_A_WHILE:
        whole["body"] = gzip.compress(body, _LEVEL, mtime=0)
    else:
        whole["body"] = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
    headers = MutableScopeHeaders.from_message(start)
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(whole["body"]))
