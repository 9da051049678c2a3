"""A token that a person made for a program."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.ids import AccessTokenId, UserId

PREFIX = "rex_"
"""What tells these tokens from the ones that signing in gives, also for scanners of leaked secrets."""

MAX_NAME_LENGTH = 255
MAX_TOKENS = 100
"""Per user."""


class Scope(StrEnum):
    READ = "read"
    """See everything but secrets."""
    RUN = "run"
    """Start and stop runs, ask models."""
    WRITE = "write"
    """Create, change and delete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """`digest` is all that is kept of the secret: 256 random bits need no slow hash."""

    id: AccessTokenId
    owner_id: UserId
    name: str
    scopes: frozenset[Scope]
    digest: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None


def digest_of(secret: str) -> bytes:
    """SHA-256 of the whole token, prefix included."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
