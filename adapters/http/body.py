"""The body of an answer, decompressed as it arrives and never beyond its limit."""

import zlib
from collections.abc import AsyncIterable
from typing import Final, Protocol

from domain.outgoing.errors import AnswerTooLarge, AnswerUnreadable

_OVERHEAD: Final = 64 * 1024
"""What compression may cost; bytes on the wire are counted too, as an endless stream may decode to nothing."""


class Decoder(Protocol):
    def decoded(self, chunk: bytes, limit: int) -> bytes:
        """What `chunk` adds, but never more than `limit` bytes. Raise zlib.error."""

    def is_complete(self) -> bool:
        """Whether the body may end here."""


async def read_body(chunks: AsyncIterable[bytes], *, encoding: str, limit: int) -> bytes:
    """Raise AnswerTooLarge beyond `limit` decoded bytes; AnswerUnreadable for what is broken or of another encoding."""
    decoder = _decoder(encoding)
    body = bytearray()
    on_the_wire = 0
    async for chunk in chunks:
        on_the_wire += len(chunk)
        try:
            body += decoder.decoded(chunk, limit + 1 - len(body))
        except zlib.error as broken:
            raise AnswerUnreadable(f"The answer is not {encoding}, although its header says so") from broken
        if len(body) > limit or on_the_wire > limit + _OVERHEAD:
            raise AnswerTooLarge(limit)
    if on_the_wire and not decoder.is_complete():
        raise AnswerUnreadable("The answer ends in the middle of its compressed body")
    return bytes(body)


def _decoder(encoding: str) -> Decoder:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
    raise AnswerUnreadable("The answer is compressed in a way that was not asked for; gzip and deflate are understood")


class _Plain:
    def decoded(self, chunk: bytes, limit: int) -> bytes:
        return chunk[:limit]

    def is_complete(self) -> bool:
        return True


class _Gzip:
    """RFC 1952: members may follow one another."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def decoded(self, chunk: bytes, limit: int) -> bytes:
        decoded = self._member.decompress(chunk, limit)
        while self._member.eof and (rest := self._member.unused_data) and len(decoded) < limit:
            self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            decoded += self._member.decompress(rest, limit - len(decoded))
        return decoded

    def is_complete(self) -> bool:
        return self._member.eof


class _Deflate:
    """RFC 9110 means zlib's format, but servers also send it bare; the first byte tells which."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None

    def decoded(self, chunk: bytes, limit: int) -> bytes:
        if not chunk:
            return b""
        if self._stream is None:
            is_wrapped = chunk[0] & 0x0F == zlib.DEFLATED
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS)
        return self._stream.decompress(chunk, limit)

    def is_complete(self) -> bool:
        return self._stream is not None and self._stream.eof
