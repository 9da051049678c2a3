"""Requests as our handlers get them."""

import asyncio
from contextlib import suppress
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException, InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from domain.errors import Fault, Invalid
from domain.ids import UserId
from entrypoints.wire.errors import Unreadable
from entrypoints.wire.validation import read_json

MOST_READ_OFF_BYTES: Final = 64 * 1024 * 1024
READ_OFF_SECONDS: Final = 10.0
PLAIN_TEXT: Final = "text/plain"


class UnsupportedMediaType(HTTPException):
    status_code = 415


class RexRequest(Request[UserId, Any, State]):
    """`user` is who calls, for handlers that are not public.

    The body is JSON, or plain text, which is JSON's text; it is checked against the type of the handler's `data`
    parameter. Handlers without such a parameter take requests with any body or none.
    """

    async def body(self) -> bytes:
        """Raise UnsupportedMediaType before reading; Invalid when nothing was sent."""
        media_type = self._media_type()
        if body := await self._received():
            return body
        if media_type:
            raise Unreadable("The body is empty")
        raise Invalid(faults=[Fault((), "required", "Required")])

    async def json(self) -> Any:
        body = await self.body()
        field = self.route_handler.parsed_data_field
        return read_json(self._as_json(body), Any if field is None else field.annotation)

    async def anything(self) -> tuple[bytes, Any]:
        """The body as it was sent, and what it says; nothing at all says `{}`."""
        self._media_type()
        body = await self._received()
        return body, read_json(self._as_json(body), Any) if body else {}

    def _media_type(self) -> str:
        media_type = self.content_type[0].lower()
        if media_type and media_type != PLAIN_TEXT and not _is_json(media_type):
            raise UnsupportedMediaType
        return media_type

    def _as_json(self, body: bytes) -> bytes:
        if self.content_type[0].lower() != PLAIN_TEXT:
            return body
        try:
            return msgspec.json.encode(body.decode())
        except UnicodeDecodeError as refused:
            raise Unreadable("The body is not UTF-8") from refused

    async def _received(self) -> bytes:
        try:
            return await super().body()
        except RequestEntityTooLarge:
            await self._read_off()
            raise
        except InternalServerException as gone:
            raise Unreadable("The connection ended before the body did") from gone

    async def _read_off(self) -> None:
        """Let an oversize body come in and forget it, within bounds: most clients hear no answer while they send."""
        left = MOST_READ_OFF_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(READ_OFF_SECONDS):
                while left > 0:
                    event = await self.receive()
                    if event["type"] != "http.request" or not event["more_body"]:
                        return
                    left -= len(event["body"])


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))
