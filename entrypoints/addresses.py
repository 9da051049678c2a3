"""What keeps the address of a server from being read.

Nothing that is said repeats a part of it: it may hold a password, and one that is not written as addresses want it is
what is wrong most often.
"""

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

HIGHEST_PORT: Final = 65535
UNREADABLE: Final = (
    "cannot be read: names, passwords and hosts stand between //, : and @; "
    "within a password, write %2F for /, %3F for ?, %23 for #, %40 for @, %3A for : and %25 for %"
)
_HOST: Final = re.compile(r"(?:[^\[\]:]*|\[[0-9a-fA-F:.]+\])(?::(?P<port>\d{0,9}))?", re.ASCII)


def database_address_fault(url: str) -> str | None:
    """None for what can be read. Several hosts may be named, with commas between them."""
    parts = _split(url)
    return UNREADABLE if parts is None else _hosts_fault(parts.netloc.rpartition("@")[2].split(","))


def redis_address_fault(url: str) -> str | None:
    """None for what can be read. Servers have numbered databases; sockets have a path."""
    parts = _split(url)
    if parts is None:
        return UNREADABLE
    if parts.scheme != "unix" and not re.fullmatch(r"(/\d{0,9})?", parts.path, re.ASCII):
        return "must end with its host and port, or with the number of a database such as /0"
    return _hosts_fault([parts.netloc.rpartition("@")[2]])


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parse_qsl(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        return None
    return None if "#" in url else parts


def _hosts_fault(hosts: list[str]) -> str | None:
    found = [_HOST.fullmatch(each) for each in hosts]
    if not all(found):
        return UNREADABLE
    ports = [int(each["port"]) for each in found if each and each["port"]]
    return f"must name ports up to {HIGHEST_PORT}" if any(each > HIGHEST_PORT for each in ports) else None
