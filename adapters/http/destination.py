"""Where a URL leads, read strictly: what different readers would understand differently is refused."""

import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from typing import Final

import httpx

from domain.outgoing.addresses import Address
from domain.outgoing.errors import BadUrl

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_PORTS: Final = {"http": 80, "https": 443}
_LABEL: Final = re.compile(r"[a-z0-9_-]{1,63}\Z")
_NUMBER: Final = re.compile(r"(\d+|0x[0-9a-f]*)\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """`host` is lower case, without a dot at its end and without brackets: a name in ASCII, or a literal address.

    `authority` is what the header Host says, and the only part of the URL that may be shown to people.
    """

    url: httpx.URL = field(repr=False)
    host: str
    port: int
    authority: str
    literal: Address | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        """What has to be the same for credentials to go along."""
        return (self.url.scheme, self.host, self.port)


def destination(text: str) -> Destination:
    """Read an absolute URL. Raise BadUrl, without the URL in its text."""
    text = text.strip(" ")
    if _CONTROL.search(text):
        raise BadUrl("The URL holds a line break or another control character")
    if "\\" in re.split(r"[?#]", text, maxsplit=1)[0]:
        raise BadUrl("The URL holds a backslash")
    return checked(_parsed(text))


def checked(url: httpx.URL) -> Destination:
    """Raise BadUrl."""
    if url.scheme not in _PORTS:
        raise BadUrl("A URL must start with http:// or https://")
    if url.userinfo:
        raise BadUrl("The URL holds a user name or a password: send credentials in a header instead")
    host = url.raw_host.decode("ascii").lower().removesuffix(".")
    port = _PORTS[url.scheme] if url.port is None else url.port
    if not 0 < port < 65536:
        raise BadUrl(f"{port} is not a port")
    return Destination(
        url=url.copy_with(fragment=None),
        host=host,
        port=port,
        authority=url.netloc.decode("ascii"),
        literal=_literal(host),
    )


def _parsed(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError) as unreadable:
        raise BadUrl("The URL cannot be read: its host, its port or its form is not valid") from unreadable


def _literal(host: str) -> Address | None:
    """The address that `host` spells, None when it is a name.

    Spellings of IPv4 other than four decimal numbers are refused: octal, hexadecimal and short forms mean different
    addresses to different readers.
    """
    if ":" in host:
        return _literal_6(host)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.match(label) for label in labels):
        raise BadUrl("The URL has no valid host")
    if not _NUMBER.match(labels[-1]):
        return None
    try:
        return IPv4Address(host)
    except AddressValueError as unusual:
        raise BadUrl("An IPv4 address in a URL must be written as four decimal numbers") from unusual


def _literal_6(host: str) -> IPv6Address:
    address = ip_address(host)
    assert isinstance(address, IPv6Address)
    if address.scope_id is not None:
        raise BadUrl("An address in a URL cannot name a network interface")
    return address
