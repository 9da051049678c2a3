"""Fetchers that may reach this machine where a test allows it."""

from adapters.http.guarded_fetcher import GuardedFetcher
from application.ports.http_fetcher import FetchReply, FetchRequest
from domain.outgoing.allow_list import AllowList, open_place
from tests.adapters.http.servers import Names


def a_fetcher(*allowed: str, names: Names | None = None) -> GuardedFetcher:
    return GuardedFetcher(names or Names(), AllowList(tuple(map(open_place, allowed))))


async def get(url: str, *allowed: str, names: Names | None = None, time_limit: float = 5.0) -> FetchReply:
    return await a_fetcher(*allowed, names=names).fetch(FetchRequest(method="GET", url=url, time_limit=time_limit))
