"""One request and its answer, on a connection of its own to an address that was judged before."""

import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import httpx

from adapters.http.destination import Destination
from adapters.http.headers import MAX_HEADER_BYTES, as_bytes
from domain.outgoing.addresses import Address
from domain.outgoing.errors import AnswerTooLarge, CertificateRefused, ConnectionBroken, OutgoingCallFailed

CONNECT_SECONDS: Final = 10.0
MOST_ADDRESSES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What goes to one place; redirects make new ones of it."""

    method: str
    place: Destination
    headers: dict[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


@asynccontextmanager
async def answer(
    sending: Sending, addresses: Sequence[Address], trust: ssl.SSLContext
) -> AsyncIterator[httpx.Response]:
    """The answer with its body still to be read; the connection ends with the block.

    Addresses are tried in order until one takes the connection; a request is sent once. A connection is never used
    again: nothing that one call does can reach another, and the certificate is verified for each by name.
    """
    transport = httpx.AsyncHTTPTransport(verify=trust, trust_env=False, http2=False, retries=0)
    opened = _Opened()
    try:
        with _our_errors(sending.place):
            response = await _first_answer(transport, sending, addresses[:MOST_ADDRESSES], opened)
            try:
                yield response
            finally:
                await response.aclose()
    finally:
        await transport.aclose()
        await opened.close()


async def _first_answer(
    transport: httpx.AsyncHTTPTransport, sending: Sending, addresses: Sequence[Address], opened: "_Opened"
) -> httpx.Response:
    for address in addresses[:-1]:
        try:
            return await transport.handle_async_request(_pinned(sending, address, opened))
        except (httpx.ConnectError, httpx.ConnectTimeout) as failure:
            if _cause(failure, ssl.SSLCertVerificationError):
                raise
    return await transport.handle_async_request(_pinned(sending, addresses[-1], opened))


def _pinned(sending: Sending, address: Address, opened: "_Opened") -> httpx.Request:
    """The URL names the address, so that nobody resolves anything again; Host, SNI and certificate stay the name's."""
    place = sending.place
    return httpx.Request(
        sending.method,
        place.url.copy_with(host=str(address)),
        headers=[(b"Host", place.authority.encode("ascii")), (b"Connection", b"close"), *as_bytes(sending.headers)],
        content=sending.body,
        extensions={
            "sni_hostname": place.host,
            "trace": opened.note,
            "timeout": {"connect": CONNECT_SECONDS, "read": None, "write": None, "pool": None},
        },
    )


class _Connection(Protocol):
    async def aclose(self) -> None: ...


class _Opened:
    """Every connection that was opened, as the transport forgets those that are cancelled while TLS is agreed on."""

    def __init__(self) -> None:
        self._connections: list[_Connection] = []

    async def note(self, event: str, details: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            self._connections.append(details["return_value"])

    async def close(self) -> None:
        for each in self._connections:
            await each.aclose()


@contextmanager
def _our_errors(place: Destination) -> Iterator[None]:
    try:
        yield
    except OutgoingCallFailed:
        raise
    except (httpx.TransportError, ssl.SSLError) as failure:
        raise _translated(failure, place) from failure


def _translated(failure: Exception, place: Destination) -> OutgoingCallFailed:
    untrusted = _cause(failure, ssl.SSLCertVerificationError)
    if isinstance(untrusted, ssl.SSLCertVerificationError):
        return CertificateRefused(place.authority, untrusted.verify_message)
    if _cause(failure, ssl.SSLError):
        return ConnectionBroken(place.authority, "no secure connection could be agreed on")
    if isinstance(failure, httpx.ConnectTimeout):
        return ConnectionBroken(place.authority, f"nobody took the connection within {CONNECT_SECONDS:g} seconds")
    if isinstance(failure, httpx.ConnectError):
        return ConnectionBroken(place.authority, "the connection was refused")
    if _is_header_too_large(failure):
        return AnswerTooLarge(MAX_HEADER_BYTES, "header of the answer")
    if isinstance(failure, httpx.ProtocolError):
        return ConnectionBroken(place.authority, "what came back is not HTTP, or ends too early")
    return ConnectionBroken(place.authority, "the connection broke")


def _is_header_too_large(failure: BaseException) -> bool:
    """h11 marks it with the status that a server would answer."""
    return any(getattr(each, "error_status_hint", None) == 431 for each in _causes(failure))


def _cause(failure: BaseException, kind: type[BaseException]) -> BaseException | None:
    return next((each for each in _causes(failure) if isinstance(each, kind)), None)


def _causes(failure: BaseException) -> Iterator[BaseException]:
    here: BaseException | None = failure
    while here is not None:
        yield here
        here = here.__cause__ or here.__context__
