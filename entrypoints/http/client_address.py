"""Where a request comes from, as far as that can be believed."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from litestar.types import HTTPScope

from entrypoints.settings import Network

UNKNOWN: Final = "unknown"
_SITE_BITS: Final = 64


def client_address(scope: HTTPScope, trusted: Sequence[Network]) -> str:
    """The last address on the way here that is not a trusted proxy.

    `X-Forwarded-For` is only looked at when the connection itself comes from a trusted proxy, and only as far back as
    the proxies that wrote it are trusted. IPv6 addresses count by their /64 network: one customer has that many.
    """
    address = _parsed(scope["client"][0] if scope["client"] else "")
    for claimed in reversed(_forwarded(scope)):
        if address is None or not any(address in network for network in trusted):
            break
        address = _parsed(claimed)
    return UNKNOWN if address is None else _site(address)


def _forwarded(scope: HTTPScope) -> list[str]:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [each.strip() for each in ",".join(values).split(",") if each.strip()]


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Without a port, and IPv4 even where it is written as IPv6."""
    host = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _site(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, _SITE_BITS), strict=False))
