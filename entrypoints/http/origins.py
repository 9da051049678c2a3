"""Which web pages may call us in their users' names."""

from typing import Final

from litestar.config.cors import CORSConfig
from litestar.datastructures import Headers
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.envelope import Refusal, answer_failure
from entrypoints.settings import LOOPBACK_ORIGINS, Settings

_METHODS: Final = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE")
_HEADERS: Final = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Language",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "X-Request-Id",
    "X-Rex-Signature",
)
_KNOWN_HEADERS: Final = frozenset(name.lower() for name in _HEADERS)


def allowed_origins(settings: Settings) -> CORSConfig:
    return CORSConfig(
        allow_origins=list(settings.cors_origins),
        allow_origin_regex=LOOPBACK_ORIGINS if settings.allows_loopback_origins else None,
        allow_credentials="*" not in settings.cors_origins,  # every site may ask, but not in somebody's name
        allow_methods=list(_METHODS),
        allow_headers=list(_HEADERS),
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


class Preflights:
    """Answers preflights that are refused, with what is wrong; the framework answers all the others."""

    def __init__(self, app: ASGIApp, allowed: CORSConfig) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] == HttpMethod.OPTIONS:
            why = self._refusal(Headers.from_scope(scope))
            if why is not None:
                await answer_failure(send, 403, Refusal(code="FORBIDDEN", message=why))
                return
        await self._app(scope, receive, send)

    def _refusal(self, headers: Headers) -> str | None:
        origin, method = headers.get("origin"), headers.get("access-control-request-method")
        if not origin or method is None:
            return None
        if not self._is_known(origin):
            return "This origin may not call REX: add it to REX_CORS_ORIGINS"
        if method not in _METHODS:
            return f"REX answers {', '.join(_METHODS)} to web pages, and no other method"
        asked = headers.get("access-control-request-headers", "").split(",")
        unknown = [name.strip() for name in asked if name.strip() and name.strip().lower() not in _KNOWN_HEADERS]
        return f"REX takes no header {unknown[0][:100]} from web pages" if unknown else None

    def _is_known(self, origin: str) -> bool:
        return self._allowed.is_allow_all_origins or self._allowed.is_origin_allowed(origin)
