"""Who calls, whether they may, and how often: settled before anything else of a request is looked at."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from litestar.enums import HttpMethod, ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from application.accounts.authenticate import Authenticate, Caller
from application.ports.rate_limiter import RateLimiter
from domain.access_tokens import access_token
from domain.accounts.errors import InvalidToken
from domain.rate_limits.errors import RateLimited
from domain.rate_limits.limit import Limit, Verdict
from entrypoints.http.client_address import client_address
from entrypoints.settings import Network, Settings

PUBLIC: Final = "public"
"""Handlers with this option in their `opt` are open to everybody."""

NEEDS: Final = "needs"
"""What an access token must be good for to call a handler; None in `opt` keeps programs out altogether.

Without this option, reading needs `read` and everything else `write`.
"""

UNCOUNTED: Final = "uncounted"
"""Handlers with this option may be called as often as anybody likes."""

WEBHOOK: Final = "webhook"
"""Handlers with this option are counted for each workflow and address on their own."""

_VERDICT: Final = "rex_verdict"


class Admission(ASGIMiddleware):
    """Puts who calls into `request.user`, and counts: by user where there is one, else by address.

    Raise InvalidToken without a token that is good now, ScopeMissing or PersonNeeded for one that is not good enough,
    RateLimited for a call too many. Asking which methods there are is free.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, authenticate: Authenticate, limiter: RateLimiter, settings: Settings) -> None:
        self._authenticate = authenticate
        self._limiter = limiter
        self._limits = settings.limits
        self._trusted = settings.trusted_proxies

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] != HttpMethod.OPTIONS:
            await self._admit(scope)
        await next_app(scope, receive, send)

    async def _admit(self, scope: HTTPScope) -> None:
        handler = scope["route_handler"]
        if handler.opt.get(PUBLIC):
            if not handler.opt.get(UNCOUNTED):
                await self._count_stranger(scope, is_webhook=handler.opt.get(WEBHOOK, False))
            return
        caller = await self._caller(scope)
        await self._count_user(scope, caller)
        caller.must_have(needed_scope(handler, scope["method"]))
        scope["user"] = caller.user_id

    async def _caller(self, scope: HTTPScope) -> Caller:
        """Strangers are counted; those with what looks like an access token before it is looked up."""
        try:
            token = _bearer_token(scope)
            if not token.startswith(access_token.PREFIX) or self._authenticate.knows(token):
                return await self._authenticate(token)
        except InvalidToken:
            await self._count_stranger(scope, is_webhook=False)
            raise
        await self._count_stranger(scope, is_webhook=False)
        caller = await self._authenticate(token)
        await self._limiter.forgive(self._limits.requests, _by_address(scope, self._trusted))
        return caller

    async def _count_user(self, scope: HTTPScope, caller: Caller) -> None:
        limit = self._limits.reads if scope["method"] == HttpMethod.GET else self._limits.requests
        await self._count(scope, limit, f"user {caller.user_id.hex}")

    async def _count_stranger(self, scope: HTTPScope, *, is_webhook: bool) -> None:
        if is_webhook:
            address = client_address(scope, self._trusted)
            await self._count(scope, self._limits.webhooks_from_one_address, address)
            await self._count(scope, self._limits.webhooks, f"{_called(scope)} {address}")
        else:
            await self._count(scope, self._limits.requests, _by_address(scope, self._trusted))

    async def _count(self, scope: HTTPScope, limit: Limit, key: str) -> None:
        verdict = await self._limiter.hit(limit, key)
        stand(scope, verdict)
        if not verdict.allowed:
            raise RateLimited(verdict)


def _by_address(scope: HTTPScope, trusted: Sequence[Network]) -> str:
    return f"address {client_address(scope, trusted)}"


def _called(scope: HTTPScope) -> str:
    """Which workflow a webhook calls, however its id is spelled; what is no id is all the same."""
    try:
        return UUID(str(scope["path_params"].get("workflow_id"))).hex
    except ValueError:
        return "nothing"


def stand(scope: Scope, verdict: Verdict) -> None:
    """Let the answer say what a limit said, where something other than this middleware asked it."""
    scope["state"][_VERDICT] = verdict


def verdict_of(scope: Scope) -> Verdict | None:
    """What the limits said of a request; None for one that is not counted."""
    verdict: Verdict | None = scope.get("state", {}).get(_VERDICT)
    return verdict


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
