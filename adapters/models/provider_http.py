"""The one way out to model providers: bounded in time, size and tries."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import httpx

from adapters.models.bounded_body import ACCEPTED_ENCODINGS, UnreadableBody, read_body
from adapters.models.patience import Patience, asked_pause, told_pause
from adapters.models.refusals import PASSING, refusal
from application.ports.clock import Clock
from domain.models.errors import ModelFailed, ModelTooSlow, ModelUnavailable

MOST_BYTES: Final = 4 * 1024 * 1024
_MOST_ERROR_BYTES: Final = 64 * 1024
_TO_CONNECT_SECONDS: Final = 10.0


def new_client(*, proxy: str | None = None) -> httpx.AsyncClient:
    """HTTP/1.1, no redirects, and nothing from the environment but its certificates (SSL_CERT_FILE, SSL_CERT_DIR).

    Proxy variables and .netrc are not read: prompts and keys go where they were told to go, or through `proxy`.
    """
    return httpx.AsyncClient(
        timeout=httpx.Timeout(None, connect=_TO_CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        proxy=proxy,
        verify=httpx.create_ssl_context(trust_env=True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A POST of JSON. `provider` is its name for people, `secret` what must never be told, `timeout` in seconds."""

    provider: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secret: str | None = field(repr=False)
    timeout: float


class ProviderHttp:
    """Shares one client, and its connections, among all providers; it is made at the first call.

    Tries again after statuses and broken connections that pass, as `patience` says, waiting as long as the provider
    asks, but never into the time limit: then the failure is told at once. Logs nothing.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        client: Callable[[], httpx.AsyncClient] = new_client,
        patience: Patience | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._clock = clock
        self._new_client = client
        self._client: httpx.AsyncClient | None = None
        self._patience = patience or Patience()
        self._most_bytes = most_bytes

    async def post(self, call: Call) -> bytes:
        """The body of a 2xx answer. Raise a subclass of ModelFailed; cancelling closes the connection at once."""
        try:
            async with asyncio.timeout(call.timeout):
                return await self._until_answered(call)
        except TimeoutError as slow:
            limit = f"{call.timeout:g} s"
            raise ModelTooSlow(
                call.provider, f"{call.provider} did not answer within {limit}. Raise the limit or try later."
            ) from slow

    async def aclose(self) -> None:
        """Close idle connections. A later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _until_answered(self, call: Call) -> bytes:
        deadline = self._clock.monotonic() + call.timeout
        tries = 0
        while True:
            tries += 1
            try:
                return await self._once(call)
            except _Passing as passing:
                pause = self._patience.pause_after(tries) if passing.pause is None else passing.pause
                if tries >= self._patience.most_tries or self._clock.monotonic() + pause >= deadline:
                    raise passing.failure from passing.cause
            await self._clock.sleep(pause)

    async def _once(self, call: Call) -> bytes:
        self._client = self._client or self._new_client()
        headers = {"content-type": "application/json", "accept-encoding": ACCEPTED_ENCODINGS, **call.headers}
        try:
            async with self._client.stream("POST", call.url, headers=headers, content=call.body) as response:
                if response.is_success:
                    return await self._whole(call, response)
                raise await self._refused(call, response)
        except httpx.TransportError as broken:
            raise _Passing(_broken(call, broken), None, broken) from broken

    async def _whole(self, call: Call, response: httpx.Response) -> bytes:
        try:
            body = await read_body(response, most_bytes=self._most_bytes)
        except UnreadableBody as unreadable:
            raise _useless(call, response, f"cannot be read: {unreadable}") from unreadable
        if not body.is_whole:
            raise _useless(call, response, f"is larger than {self._most_bytes} bytes and was dropped")
        return body.content

    async def _refused(self, call: Call, response: httpx.Response) -> "ModelFailed | _Passing":
        told = b""
        with suppress(httpx.TransportError, UnreadableBody):
            told = (await read_body(response, most_bytes=_MOST_ERROR_BYTES)).content
        status = response.status_code
        pause = asked_pause(response.headers.get("retry-after"), now=self._clock.now())
        pause = told_pause(told) if pause is None else pause
        failure = refusal(call.provider, status, told, secret=call.secret, retry_after=pause)
        return _Passing(failure, pause) if status in PASSING else failure


class _Passing(Exception):
    """This try failed, but another may not. `pause` is what the provider asked for, in seconds."""

    def __init__(self, failure: ModelFailed, pause: float | None, cause: Exception | None = None) -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.pause = pause
        self.cause = cause


def _useless(call: Call, response: httpx.Response, why: str) -> ModelUnavailable:
    return ModelUnavailable(call.provider, f"The answer of {call.provider} {why}.", status=response.status_code)


def _broken(call: Call, failure: httpx.TransportError) -> ModelUnavailable:
    """In words of our own: the library's may hold headers."""
    match failure:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.ProxyError():
            what = "cannot be reached. Check the network and the provider's address, or try later."
        case httpx.RemoteProtocolError() | httpx.ReadError():
            what = "broke off its answer. Try again later."
        case _:
            what = "could not be asked: the connection failed. Try again later."
    return ModelUnavailable(call.provider, f"{call.provider} {what}")
