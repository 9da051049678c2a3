"""Bearer authentication: decides who calls before anything else of a request is looked at."""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from application.accounts.authenticate import Authenticate
from domain.accounts.errors import InvalidToken

PUBLIC = "public"
"""Handlers with this option in their `opt` are open to everybody."""


class BearerAuthentication(ASGIMiddleware):
    """Puts who calls into `request.user`. Raise InvalidToken without a token that is good now.

    Asking which methods there are is free.
    """

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = PUBLIC

    def __init__(self, authenticate: Authenticate) -> None:
        self._authenticate = authenticate

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] != "OPTIONS":
            scope["user"] = await self._authenticate(_bearer_token(scope))
        await next_app(scope, receive, send)


def _bearer_token(scope: Scope) -> str:
    header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    scheme, _, token = header.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken
    return token.strip()
