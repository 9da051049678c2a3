"""How often and how long to wait before a call is made again."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_SECONDS: Final = re.compile(r"\d{1,9}(\.\d{1,9})?")
_RETRY_INFO: Final = re.compile(rb'"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d{1,9})?)s"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Exponential back-off with jitter: after the n-th try `first_pause * 2 ** (n - 1)` seconds, at most
    `longest_pause`, of which a random part between none and half is left out, so that callers who failed together do
    not return together. `random` answers in [0, 1).
    """

    most_tries: int = 3
    first_pause: float = 0.5
    longest_pause: float = 8.0
    random: Callable[[], float] = random.random

    def pause_after(self, tries: int) -> float:
        whole = min(self.longest_pause, self.first_pause * 2.0 ** (tries - 1))
        return whole * (1 - self.random() / 2)


def asked_pause(retry_after: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks to wait: a number or an HTTP date (RFC 9110, 10.2.3). A moment in the
    past is 0; None when the header is absent or makes no sense.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def told_pause(body: bytes) -> float | None:
    """Seconds that the body of an error asks to wait, in Google's way (google.rpc.RetryInfo); None when it asks for
    nothing. Gemini sends no Retry-After header.
    """
    asked = _RETRY_INFO.search(body)
    return None if asked is None else float(asked[1])
