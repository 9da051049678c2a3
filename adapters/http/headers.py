"""Headers of outgoing calls, and of their answers."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from domain.outgoing.errors import AnswerTooLarge, BadHeader

RawHeaders = Sequence[tuple[bytes, bytes]]

MAX_HEADER_BYTES: Final = 64 * 1024
"""All headers of one answer together."""

_PUNCTUATION: Final = len(": \r\n")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_UNSPEAKABLE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OURS: Final = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "proxy-connection",
        "proxy-authorization",
        "http2-settings",
    }
)
"""About the connection rather than the request: sent as they have to be, whatever was asked for."""
_GO_ANYWHERE: Final = frozenset(["accept", "accept-encoding", "accept-language", "content-type", "user-agent"])
_OF_A_BODY: Final = frozenset(["content-encoding", "content-language", "content-location", "content-type"])
_CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def outgoing_headers(given: Mapping[str, str], *, method: str, idempotency_key: str | None) -> dict[str, str]:
    """Headers to send, with ours where none were given. Raise BadHeader, naming the header but not its value."""
    headers = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "REX"}
    if idempotency_key is not None and method in _CHANGING:
        headers["idempotency-key"] = idempotency_key
    names = {name: name for name in headers}
    for name, value in given.items():
        _refuse_unspeakable(name, value)
        if name.lower() not in _OURS:
            headers.pop(names.pop(name.lower(), name), None)
            names[name.lower()] = name
            headers[name] = value.strip(" \t")
    return headers


def _refuse_unspeakable(name: str, value: str) -> None:
    if not _TOKEN.match(name):
        raise BadHeader(f"{name[:50]!r} is not a name that a header can have")
    if _UNSPEAKABLE.search(value):
        raise BadHeader(f'Header "{name}" holds a line break or another control character')
    try:
        value.encode("latin-1")
    except UnicodeEncodeError as beyond:
        raise BadHeader(f'Header "{name}" holds characters that headers cannot carry') from beyond


def as_bytes(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


def for_another_origin(headers: Mapping[str, str]) -> dict[str, str]:
    """What may be told to whom it was not meant for: nobody knows which of the others hold credentials."""
    return _only(headers, lambda name: name in _GO_ANYWHERE)


def without_body(headers: Mapping[str, str]) -> dict[str, str]:
    return _only(headers, lambda name: name not in _OF_A_BODY)


def answered_headers(raw: RawHeaders) -> dict[str, str]:
    """Lower-case names; repeated headers joined by `, `. Raise AnswerTooLarge beyond MAX_HEADER_BYTES."""
    if sum(len(name) + len(value) + _PUNCTUATION for name, value in raw) > MAX_HEADER_BYTES:
        raise AnswerTooLarge(MAX_HEADER_BYTES, "header of the answer")
    joined: dict[str, str] = {}
    for name, value in _texts(raw):
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _texts(raw: RawHeaders) -> Iterable[tuple[str, str]]:
    return ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw)


def _only(headers: Mapping[str, str], is_kept: Callable[[str], bool]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if is_kept(name.lower())}
