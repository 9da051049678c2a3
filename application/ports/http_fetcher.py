"""Calls the world outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

DEFAULT_SIZE_LIMIT: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One call. `time_limit` is seconds for all of it, redirects included; `size_limit` is bytes of the decoded body.

    `idempotency_key` goes along as the header `Idempotency-Key` when the method changes things (POST, PUT, PATCH,
    DELETE) and `headers` has none; it must be printable ASCII.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    time_limit: float = 30.0
    size_limit: int = DEFAULT_SIZE_LIMIT
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReply:
    """A whole answer, never part of one. `headers` have lower-case names; repeated ones are joined by `, `.

    `body` is decompressed. `url` is where the answer came from after redirects, `elapsed` seconds since the call.
    """

    status: int
    status_text: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(repr=False)
    elapsed: float


class HttpFetcher(Protocol):
    async def fetch(self, request: FetchRequest) -> FetchReply:
        """The answer, whatever its status. Raise an OutgoingCallFailed when there is none.

        Only http and https, and only addresses out in the world or on the allow-list are called, judged after name
        resolution and again at each redirect; the address that was judged is the one that is connected to. At most
        five redirects are followed; across origins, headers that may hold credentials do not go along. Nothing is
        kept between calls. Cancellation closes the connection at once.
        """
