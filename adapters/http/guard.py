"""Decides which addresses a destination may be connected at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from adapters.http.destination import Destination
from adapters.http.resolver import Resolver
from domain.outgoing.addresses import Address, refusal
from domain.outgoing.allow_list import AllowList
from domain.outgoing.errors import AddressRefused

# fmt: off
_FOR_OTHERS: Final = frozenset({
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
    531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
    4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
})
# fmt: on
"""Ports on which other protocols listen that may take HTTP for their own: https://fetch.spec.whatwg.org/#port-blocking,
and those of Redis and memcached."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Names are resolved here and nowhere else: whoever connects must use the addresses as they are."""

    resolver: Resolver
    allowed: AllowList

    async def addresses(self, place: Destination) -> Sequence[Address]:
        """Where to connect, preferred first. Raise AddressRefused when any address is refused; NameNotResolved."""
        found = [place.literal] if place.literal is not None else await self.resolver.resolve(place.host)
        for address in found:
            reason = self._refusal(place, address)
            if reason is not None:
                raise AddressRefused(place.authority, reason)
        return found

    def _refusal(self, place: Destination, address: Address) -> str | None:
        if self.allowed.covers(place.host, place.port, address):
            return None
        if place.port in _FOR_OTHERS:
            return f"port {place.port} is for another protocol than HTTP"
        return refusal(address)
