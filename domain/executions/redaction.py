"""Error texts without the secrets that libraries put into them."""

import re

_KEYS = re.compile(r"(?i)\b([\w-]{0,64}key)[\"']?\s*[=:]\s*[\"']?[A-Za-z0-9_\-./+]{20,}[\"']?")
_BEARERS = re.compile(r"(?i)\bBearer\s+[A-Za-z0-9_\-.~+/=]+")


def redacted(text: str) -> str:
    """`key=…` and `key: …` with 20 or more token characters, and `Bearer …`, lose their values."""
    return _BEARERS.sub("Bearer [REDACTED]", _KEYS.sub(r"\1=[REDACTED]", text))
