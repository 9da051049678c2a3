"""The one way out."""

import asyncio
import ssl
import time
from typing import Final

import httpx

from adapters.http.body import read_body
from adapters.http.destination import destination
from adapters.http.exchange import Sending, answer
from adapters.http.guard import Guard
from adapters.http.headers import answered_headers, outgoing_headers
from adapters.http.redirects import MOST_REDIRECTS, redirected
from adapters.http.resolver import Resolver
from adapters.http.slots import Slots
from application.ports.http_fetcher import FetchReply, FetchRequest
from domain.outgoing.allow_list import AllowList
from domain.outgoing.errors import TookTooLong, TooManyRedirects

MOST_CONNECTIONS: Final = 100
MOST_PER_HOST: Final = 20


class GuardedFetcher:
    """Calls over HTTP/1.1, each connection used once, proxies of the environment not used.

    Certificates are verified by the authorities of certifi, or by those in SSL_CERT_FILE or SSL_CERT_DIR.
    """

    def __init__(
        self, resolver: Resolver, allowed: AllowList | None = None, *, trust: ssl.SSLContext | None = None
    ) -> None:
        self._guard = Guard(resolver, allowed or AllowList())
        self._trust = trust or httpx.create_ssl_context()
        self._slots = Slots(overall=MOST_CONNECTIONS, per_host=MOST_PER_HOST)

    async def fetch(self, request: FetchRequest) -> FetchReply:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(request.time_limit):
                return await self._followed(request, begun)
        except TimeoutError as late:
            raise TookTooLong(request.time_limit) from late

    async def _followed(self, request: FetchRequest, begun: float) -> FetchReply:
        method = request.method.upper()
        headers = outgoing_headers(request.headers, method=method, idempotency_key=request.idempotency_key)
        sending = Sending(method=method, place=destination(request.url), headers=headers, body=request.body)
        for _ in range(MOST_REDIRECTS + 1):
            outcome = await self._exchanged(sending, request.size_limit, begun)
            if isinstance(outcome, FetchReply):
                return outcome
            sending = outcome
        raise TooManyRedirects(MOST_REDIRECTS)

    async def _exchanged(self, sending: Sending, size_limit: int, begun: float) -> FetchReply | Sending:
        """The final answer, or what to send next."""
        place = sending.place
        async with self._slots.taken(place.host):
            addresses = await self._guard.addresses(place)
            async with answer(sending, addresses, self._trust) as response:
                headers = answered_headers(response.headers.raw)
                following = redirected(sending, response.status_code, headers.get("location"))
                if following is not None:
                    return following
                body = await read_body(
                    response.aiter_raw(), encoding=headers.get("content-encoding", ""), limit=size_limit
                )
        return FetchReply(
            status=response.status_code,
            status_text=response.reason_phrase,
            headers=headers,
            body=body,
            url=str(place.url),
            elapsed=time.monotonic() - begun,
        )
