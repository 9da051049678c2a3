"""Which places inside are open to outgoing calls after all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.outgoing.addresses import METADATA, Address, Network, network

_NAME: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z")
_WITH_PORT: Final = re.compile(r"(?P<place>\[[^\]]+\]|[^:]+):(?P<port>\d{1,5})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A host by its name, or a network; on one port, or on all when `port` is None."""

    place: str | Network
    port: int | None = None

    def covers(self, host: str, port: int, address: Address) -> bool:
        """A metadata service is only covered by its own address: names and networks would do so by accident."""
        if self.port is not None and self.port != port:
            return False
        if isinstance(self.place, str):
            return self.place == host and address not in METADATA
        if address in METADATA and self.place.num_addresses > 1:
            return False
        return address in self.place


@dataclass(frozen=True, slots=True)
class AllowList:
    """Empty by default: only the world outside is open."""

    places: Sequence[OpenPlace] = ()

    def covers(self, host: str, port: int, address: Address) -> bool:
        """Whether `host`, lower case and without a dot at its end, is open at this port and resolved address."""
        return any(place.covers(host, port, address) for place in self.places)


def open_place(text: str) -> OpenPlace:
    """Read `name`, `name:port`, an address, `address:port`, `[IPv6]:port` or a network such as 10.0.0.0/8.

    Raise ValueError for anything else.
    """
    text = text.strip().lower()
    if found := _as_network(text):
        return OpenPlace(found)
    port = None
    if with_port := _WITH_PORT.match(text):
        text, port = with_port["place"], int(with_port["port"])
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"{port} is not a port")
    return OpenPlace(_as_network(text.strip("[]")) or _name(text.removesuffix(".")), port)


def _name(text: str) -> str:
    if not _NAME.match(text) or text.rpartition(".")[2].isdigit():
        raise ValueError(f"{text!r} is neither a name, an address nor a network")
    return text


def _as_network(text: str) -> Network | None:
    try:
        return network(text)
    except ValueError:
        return None
