"""Names to addresses, away from the event loop."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Protocol

from domain.outgoing.addresses import Address
from domain.outgoing.errors import NameNotResolved


class Resolver(Protocol):
    async def resolve(self, host: str) -> Sequence[Address]:
        """All addresses of `host`, the preferred ones first, at least one. Raise NameNotResolved."""


class SystemResolver:
    """What the operating system says, hosts file included, in threads of its own: slow names keep nobody else waiting.

    A name has `limit_seconds`, waiting for a free thread included. A thread that waits longer cannot be stopped; it
    ends when the operating system gives up.
    """

    def __init__(self, *, limit_seconds: float = 5.0, threads: int = 16) -> None:
        self._limit_seconds = limit_seconds
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="names")

    async def resolve(self, host: str) -> Sequence[Address]:
        asking = asyncio.get_running_loop().run_in_executor(self._threads, _ask, host)
        try:
            async with asyncio.timeout(self._limit_seconds):
                found = await asking
        except TimeoutError as slow:
            raise NameNotResolved(host, "the name server does not answer") from slow
        except (OSError, UnicodeError) as failure:
            raise NameNotResolved(host) from failure
        if not found:
            raise NameNotResolved(host)
        return found

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask(host: str) -> Sequence[Address]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(name[0])) for *_, name in found))
