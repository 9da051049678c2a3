"""What holds for every request and every answer, refusals and unknown addresses included."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypeAlias
from uuid import uuid4

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from entrypoints.http.admission import verdict_of
from entrypoints.http.envelope import NOWHERE, answer_failure

HeaderPairs: TypeAlias = Iterable[tuple[bytes, bytes]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_UNLESS_SAID_OTHERWISE: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_ON_EVERY_ANSWER: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"Origin, Accept-Encoding"),
)


class Exchange:
    """Names each exchange by a request id, in its answer and in all that is logged meanwhile.

    HEAD is answered as GET without the body. Answers may not be stored or guessed at, unless they say otherwise.
    `methods` are those of each path template, for those who ask with OPTIONS.
    """

    def __init__(self, app: ASGIApp, methods: Mapping[str, Collection[str]]) -> None:
        self._app = app
        self._allow = {path: ", ".join(sorted(of)).encode() for path, of in methods.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope["headers"])
        is_head = scope["method"] == HttpMethod.HEAD
        if is_head:
            scope["method"] = HttpMethod.GET

        async def finishing(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = _complete([*message.get("headers", ())], request_id)
                headers.extend(_counted(scope))
                message["headers"] = self._allowing(headers, scope)
            elif is_head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        bound = bind_contextvars(request_id=request_id.decode())
        try:
            if _is_loose(scope["path"]):
                await answer_failure(finishing, 404, NOWHERE)
            else:
                await self._app(scope, receive, finishing)
        finally:
            reset_contextvars(**bound)

    def _allowing(self, headers: Headers, scope: HTTPScope) -> Headers:
        """The framework only knows part of the methods where several handlers share a path."""
        if scope["method"] != HttpMethod.OPTIONS:
            return headers
        whole = self._allow.get(scope.get("path_template", ""))
        return [(name, whole if whole and name == b"allow" else value) for name, value in headers]


def _is_loose(path: str) -> bool:
    """The framework would read `/a/` and `/a//b` as other addresses, which nobody described."""
    return path != "/" and (path.endswith("/") or "//" in path)


def _request_id(headers: HeaderPairs) -> bytes:
    """The caller's, so that it can be followed across systems; a new one when there is none fit to be logged."""
    sent = next((value for name, value in headers if name == b"x-request-id"), b"")
    return sent if _SANE_ID.fullmatch(sent) else uuid4().hex.encode()


def _complete(headers: Headers, request_id: bytes) -> Headers:
    said = dict(headers)
    knows_origin = b"access-control-allow-origin" in said
    complete = [
        (name, _rewritten(name, value))
        for name, value in headers
        if name != b"vary" and (knows_origin or not name.startswith(b"access-control-"))
    ]
    complete.extend(header for header in _UNLESS_SAID_OTHERWISE if header[0] not in said)
    complete.append((b"x-request-id", request_id))
    complete.extend(_ON_EVERY_ANSWER)
    return complete


def _counted(scope: HTTPScope) -> HeaderPairs:
    """Where the caller stands, on every answer to a request that was counted."""
    verdict = verdict_of(scope)
    if verdict is None:
        return ()
    return (
        (b"x-ratelimit-limit", b"%d" % verdict.limit),
        (b"x-ratelimit-remaining", b"%d" % verdict.remaining),
        (b"x-ratelimit-reset", b"%d" % verdict.reset_seconds),
    )


def _rewritten(name: bytes, value: bytes) -> bytes:
    if name == b"content-type" and value == b"application/json":
        return b"application/json; charset=utf-8"
    return _with_head(value) if name == b"allow" else value


def _with_head(allowed: bytes) -> bytes:
    methods = {method.strip() for method in allowed.split(b",")}
    if b"GET" in methods:
        methods.add(b"HEAD")
    return b", ".join(sorted(methods))
