"""Error texts without the secrets that libraries, servers and scripts put into them."""

import re
from typing import Final

MASK: Final = "[REDACTED]"

_NAMED = re.compile(r"(?i)(key|token|secret|password)[\"']?\s*[=:]\s*[\"']?[A-Za-z0-9_\-./+]{20,}[\"']?")
_PASSWORDS = re.compile(r"(?i)(password|passwd|pwd)=[\"']?[^\s&\"',;]+[\"']?")
_BEARERS = re.compile(r"(?i)\bBearer\s+[A-Za-z0-9_\-.~+/=]+")
_BASICS = re.compile(r"(?i)\b(authorization[\"']?\s*[=:]\s*[\"']?Basic)\s+[A-Za-z0-9+/=_\-]+")
_LOGINS = re.compile(r"(?<=://)[^\s/@]+@")
_TELLTALE = re.compile(r"\b(sk-|gsk_|AIza|ghp_|github_pat_|xox[abp]-|rex_)[A-Za-z0-9_\-]{16,}")

_SECRET_NAME: Final = re.compile(
    r"(?i)(api[_-]?key|access[_-]?key|private[_-]?key|token|secret|password|passwd|pwd|authorization|cookie)$"
)

_RULES: Final = (
    (_BEARERS, "Bearer [REDACTED]"),
    (_BASICS, r"\1 [REDACTED]"),
    (_NAMED, r"\1=[REDACTED]"),
    (_PASSWORDS, r"\1=[REDACTED]"),
    (_LOGINS, "[REDACTED]@"),
    (_TELLTALE, r"\1[REDACTED]"),
)


def redacted(text: str) -> str:
    """What is recognised as a secret loses its value.

    That is: 20 or more token characters after a name that ends in key, token, secret or password; anything after
    `password=`; what follows `Bearer` and `Authorization: Basic`; logins in URLs; and what begins as the keys of
    well-known services do.
    """
    for pattern, mask in _RULES:
        text = pattern.sub(mask, text)
    return text


def names_a_secret(name: str) -> bool:
    """Whether what is kept under `name` should not be shown, however short it is and whatever it looks like."""
    return _SECRET_NAME.search(name) is not None
