"""Which addresses are out in the world, by the special-purpose registries of IANA (RFC 6890)."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

METADATA: Final[frozenset[Address]] = frozenset(
    map(
        ip_address,
        ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"),
    )
)
"""Where clouds hand out credentials to whoever asks from inside."""

_HERE: Final = "it leads to the machine that REX runs on"
_PRIVATE: Final = "it leads into a private network"
_LINK: Final = "it leads to a link-local address"
_MULTICAST: Final = "it leads to a multicast address"
_RESERVED: Final = "it leads to a reserved address"
_WRAPPED: Final = "it leads to an IPv4 address inside an IPv6 one"
_METADATA: Final = "it leads to the metadata service of a cloud"

_CLOSED_4: Final[Mapping[IPv4Network, str]] = {
    IPv4Network(network): reason
    for network, reason in {
        "0.0.0.0/8": _HERE,
        "10.0.0.0/8": _PRIVATE,
        "100.64.0.0/10": _PRIVATE,
        "127.0.0.0/8": _HERE,
        "169.254.0.0/16": _LINK,
        "172.16.0.0/12": _PRIVATE,
        "192.0.0.0/24": _RESERVED,
        "192.0.2.0/24": _RESERVED,
        "192.88.99.0/24": _RESERVED,
        "192.168.0.0/16": _PRIVATE,
        "198.18.0.0/15": _RESERVED,
        "198.51.100.0/24": _RESERVED,
        "203.0.113.0/24": _RESERVED,
        "224.0.0.0/4": _MULTICAST,
        "240.0.0.0/4": _RESERVED,
    }.items()
}
_CLOSED_6: Final[Mapping[IPv6Network, str]] = {
    IPv6Network(network): reason
    for network, reason in {
        "::/127": _HERE,
        "::/96": _WRAPPED,
        "::ffff:0:0/96": _WRAPPED,
        "::ffff:0:0:0/96": _WRAPPED,
        "2001::/32": _WRAPPED,  # Teredo
        "2001::/23": _RESERVED,
        "2001:db8::/32": _RESERVED,
        "2002::/16": _WRAPPED,  # 6to4
        "3fff::/20": _RESERVED,
        "fc00::/7": _PRIVATE,
        "fe80::/10": _LINK,
        "fec0::/10": _PRIVATE,
        "ff00::/8": _MULTICAST,
    }.items()
}
_UNICAST_6: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")


def refusal(address: Address) -> str | None:
    """Why outgoing calls may not reach `address`, as half a sentence; None when it is out in the world.

    Of IPv6 only what IANA handed out as global unicast is; IPv4 addresses wrapped into IPv6 ones are not, except by
    the well-known prefix of NAT64 (RFC 6052), through which IPv6-only networks reach the IPv4 world.
    """
    if address in METADATA:
        return _METADATA
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in _CLOSED_4.items() if address in network), None)
    if address in _NAT64:
        return refusal(IPv4Address(int(address) & 0xFFFFFFFF))
    closed = next((reason for network, reason in _CLOSED_6.items() if address in network), None)
    return closed or (None if address in _UNICAST_6 and address.scope_id is None else _RESERVED)


def network(text: str) -> Network:
    """Raise ValueError for what is neither an address nor a network in CIDR notation."""
    return ip_network(text, strict=False)
