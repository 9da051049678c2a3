"""Bearer authentication: decides who calls, and whether they may, before anything else of a request is looked at."""

from typing import Final

from litestar.enums import HttpMethod, ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from application.accounts.authenticate import Authenticate
from domain.access_tokens import access_token
from domain.accounts.errors import InvalidToken

PUBLIC: Final = "public"
"""Handlers with this option in their `opt` are open to everybody."""

NEEDS: Final = "needs"
"""What an access token must be good for to call a handler; None in `opt` keeps programs out altogether.

Without this option, reading needs `read` and everything else `write`.
"""


class BearerAuthentication(ASGIMiddleware):
    """Puts who calls into `request.user`. Raise InvalidToken without a token that is good now, ScopeMissing or
    PersonNeeded for one that is not good enough.

    Asking which methods there are is free.
    """

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = PUBLIC

    def __init__(self, authenticate: Authenticate) -> None:
        self._authenticate = authenticate

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] != HttpMethod.OPTIONS:
            caller = await self._authenticate(_bearer_token(scope))
            caller.must_have(needed_scope(scope["route_handler"], scope["method"]))
            scope["user"] = caller.user_id
        await next_app(scope, receive, send)


def needed_scope(handler: BaseRouteHandler, method: str) -> access_token.Scope | None:
    """What an access token must be good for; None when no token is good enough."""
    usual = access_token.Scope.READ if method == HttpMethod.GET else access_token.Scope.WRITE
    needed: access_token.Scope | None = handler.opt.get(NEEDS, usual)
    return needed


def _bearer_token(scope: HTTPScope) -> str:
    header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    scheme, _, token = header.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken
    return token.strip()
