"""Writes small PDFs by hand: Flate streams, one standard font, one line of text below the other."""

import zlib
from collections.abc import Sequence
from hashlib import md5

PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_OWNER = bytes(range(32))
_PERMISSIONS = -4


def a_pdf(*pages: Sequence[str], password: str | None = None) -> bytes:
    """One page per sequence of lines. With a password, even an empty one, it is encrypted (RC4, 40 bits)."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for lines in pages:
        objects += [a_page(len(objects) + 2), a_stream(_drawn(lines))]
    return written(objects) if password is None else _encrypted(objects, password)


def a_page(contents: int | str) -> bytes:
    reference = f"{contents} 0 R" if isinstance(contents, int) else contents
    box, fonts = "/MediaBox[0 0 612 792]", "/Resources<</Font<</F1 3 0 R>>>>"
    return f"<</Type/Page/Parent 2 0 R{box}{fonts}/Contents {reference}>>".encode()


def a_stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    head = b"<</Length %d/Filter/FlateDecode%b>>" % (len(packed), entries)
    return head + b"stream\n" + packed + b"\nendstream"


def written(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """The first object is the catalogue."""
    file = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, entries)
    ends = b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(file))
    return bytes(file + table + ends)


def _drawn(lines: Sequence[str]) -> bytes:
    shown = b" ".join(b"(%b) Tj T*" % line.encode("cp1252") for line in lines)
    return b"BT /F1 12 Tf 72 720 Td 14 TL " + shown + b" ET"


def _encrypted(objects: Sequence[bytes], password: str) -> bytes:
    """Algorithms 1, 2 and 4 of ISO 32000-1, 7.6."""
    padded = (password.encode() + PADDING)[:32]
    key = _md5(padded + _OWNER + _PERMISSIONS.to_bytes(4, "little", signed=True))[:5]
    secret = [_with_encrypted_stream(each, number, key) for number, each in enumerate(objects, 1)]
    user = _rc4(key, PADDING)
    handler = b"<</Filter/Standard/V 1/R 2/O<%b>/U<%b>/P %d>>" % (
        _OWNER.hex().encode(),
        user.hex().encode(),
        _PERMISSIONS,
    )
    return written([*secret, handler], b"/Encrypt %d 0 R" % (len(objects) + 1))


def _with_encrypted_stream(thing: bytes, number: int, key: bytes) -> bytes:
    head, begins, rest = thing.partition(b"stream\n")
    if not begins:
        return thing
    content = rest.removesuffix(b"\nendstream")
    own_key = _md5(key + number.to_bytes(3, "little") + b"\0\0")[:10]
    return head + begins + _rc4(own_key, content) + b"\nendstream"


def _md5(content: bytes) -> bytes:
    return md5(content, usedforsecurity=False).digest()


def _rc4(key: bytes, content: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for each in content:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(each ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
