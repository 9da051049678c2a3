"""Reads an answer of unknown size and honesty into bounded memory."""

import zlib
from dataclasses import dataclass
from typing import Final, Protocol

import httpx

ACCEPTED_ENCODINGS: Final = "gzip, deflate"
_WINDOW_BITS: Final = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class UnreadableBody(Exception):
    """The body is not what its Content-Encoding says, or the encoding is unknown. The text is safe to show."""


@dataclass(frozen=True, slots=True)
class Body:
    """`is_whole` is False when there was more than asked for."""

    content: bytes
    is_whole: bool


async def read_body(response: httpx.Response, *, most_bytes: int) -> Body:
    """Read at most `most_bytes`, counted before and after decompression, whichever is more.

    Decompression stops at the limit within a piece, so that a small body that unpacks to gigabytes costs no more
    memory than an honest one. Raise UnreadableBody.
    """
    unpacked = _unpacking(response.headers.get("content-encoding", ""))
    content, received = bytearray(), 0
    async for piece in response.aiter_raw():
        received += len(piece)
        content += unpacked.next(piece, most_bytes - len(content) + 1)
        if max(received, len(content)) > most_bytes:
            return Body(bytes(content[:most_bytes]), is_whole=False)
    unpacked.check_end()
    return Body(bytes(content), is_whole=True)


class _Unpacking(Protocol):
    def next(self, piece: bytes, most_bytes: int) -> bytes: ...
    def check_end(self) -> None: ...


def _unpacking(encoding: str) -> _Unpacking:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _AsIs()
    if name not in _WINDOW_BITS:
        raise UnreadableBody("its compression is unknown")
    return _Inflating(_WINDOW_BITS[name])


class _AsIs:
    def next(self, piece: bytes, most_bytes: int) -> bytes:
        return piece[:most_bytes]

    def check_end(self) -> None:
        """Any end is a good end."""


class _Inflating:
    def __init__(self, window_bits: int) -> None:
        self._inflater = zlib.decompressobj(window_bits)

    def next(self, piece: bytes, most_bytes: int) -> bytes:
        try:
            return self._inflater.decompress(piece, most_bytes)
        except zlib.error as broken:
            raise UnreadableBody("its compression is broken") from broken

    def check_end(self) -> None:
        if not self._inflater.eof:
            raise UnreadableBody("its compression is broken")
