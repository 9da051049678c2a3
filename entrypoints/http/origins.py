"""Which web pages may call us in their users' names."""

from typing import Final

import msgspec
from litestar.config.cors import CORSConfig
from litestar.datastructures import Headers
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.envelope import Failure, Refusal
from entrypoints.settings import LOOPBACK_ORIGINS, Settings

_UNKNOWN: Final = Failure(
    error=Refusal(code="FORBIDDEN", message="This origin may not call REX: add it to REX_CORS_ORIGINS")
)


def allowed_origins(settings: Settings) -> CORSConfig:
    return CORSConfig(
        allow_origins=list(settings.cors_origins),
        allow_origin_regex=LOOPBACK_ORIGINS if settings.allows_loopback_origins else None,
        allow_credentials="*" not in settings.cors_origins,  # every site may ask, but not in somebody's name
        allow_methods=["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-Id"],
        expose_headers=[
            "ETag",
            "Idempotency-Replayed",
            "Retry-After",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-RateLimit-Reset",
            "X-Request-Id",
        ],
    )


class KnownOrigins:
    """Answers preflights of other origins with what to do about it; the framework answers all the others."""

    def __init__(self, app: ASGIApp, allowed: CORSConfig) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] == HttpMethod.OPTIONS:
            headers = Headers.from_scope(scope)
            origin = headers.get("origin")
            if origin and "access-control-request-method" in headers and not self._is_known(origin):
                await _refuse(send)
                return
        await self._app(scope, receive, send)

    def _is_known(self, origin: str) -> bool:
        return self._allowed.is_allow_all_origins or self._allowed.is_origin_allowed(origin)


async def _refuse(send: Send) -> None:
    body = msgspec.json.encode(_UNKNOWN)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
