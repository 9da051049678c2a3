"""Is this body really from them, and from now.

A signature is `t=<seconds since 1970>,v1=<hex>`, where the hex is HMAC-SHA256 (RFC 2104) with the secret over
`<seconds>.<body>`, the body being the bytes as they were sent. There may be several `v1`: one that fits is enough, so
that senders can sign with two secrets while they change over.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.webhooks.errors import SignatureMissing, SignatureStale, SignatureUnreadable, SignatureWrong

TOLERANCE: Final = timedelta(minutes=5)
"""How far a sender's clock, and the way here, may be off."""

_PART = re.compile(r"(t|v1)=([0-9a-zA-Z]{1,128})", re.ASCII)
_MAX_PARTS = 10


@dataclass(frozen=True, slots=True)
class Signature:
    at: int
    digests: tuple[str, ...]


def sign(secret: str, body: bytes, *, at: datetime) -> str:
    """The header that a sender puts on `body`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def verified(
    header: str | None, body: bytes, secrets: Sequence[str], *, now: datetime, tolerance: timedelta = TOLERANCE
) -> str:
    """A digest of time and body: the same for the same delivery, whichever secrets it was signed with.

    Raise SignatureMissing, SignatureUnreadable, SignatureStale or SignatureWrong.
    """
    signature = _read(header)
    if abs(now.timestamp() - signature.at) > tolerance.total_seconds():
        raise SignatureStale(tolerance)
    for secret in secrets:
        right = _digest(secret, signature.at, body)
        if any(hmac.compare_digest(right, each) for each in signature.digests):
            return hashlib.sha256(_signed(signature.at, body)).hexdigest()
    raise SignatureWrong


def _read(header: str | None) -> Signature:
    if not header:
        raise SignatureMissing
    parts = [_PART.fullmatch(part.strip()) for part in header.split(",", _MAX_PARTS)[:_MAX_PARTS]]
    named = [(part[1], part[2].lower()) for part in parts if part]
    times = [text for name, text in named if name == "t" and text.isdecimal() and len(text) <= 12]
    digests = tuple(text for name, text in named if name == "v1")
    if len(times) != 1 or not digests:
        raise SignatureUnreadable
    return Signature(int(times[0]), digests)


def _digest(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), _signed(seconds, body), hashlib.sha256).hexdigest()


def _signed(seconds: int, body: bytes) -> bytes:
    return b"%d.%s" % (seconds, body)
