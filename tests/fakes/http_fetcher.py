"""A web of a few pages that remembers who called."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from application.ports.http_fetcher import FetchReply, FetchRequest
from domain.outgoing.errors import NameNotResolved, OutgoingCallFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a URL answers, whatever the method."""

    body: bytes = b""
    status: int = 200
    status_text: str = "OK"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class FakeHttpFetcher:
    """Answers what `pages` hold or raises it; any other URL has a name that nobody knows."""

    pages: dict[str, Page | OutgoingCallFailed] = field(default_factory=dict)
    received: list[FetchRequest] = field(default_factory=list)

    async def fetch(self, request: FetchRequest) -> FetchReply:
        self.received.append(request)
        page = self.pages.get(request.url, NameNotResolved("fake.example"))
        if isinstance(page, OutgoingCallFailed):
            raise page
        return FetchReply(
            status=page.status,
            status_text=page.status_text,
            headers=page.headers,
            body=page.body,
            url=request.url,
            elapsed=0.001,
        )
