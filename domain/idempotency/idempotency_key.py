"""A caller's name for one intention."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.idempotency.errors import IdempotencyKeyReused
from domain.ids import UserId

KEPT_FOR = timedelta(hours=24)
MAX_KEY_LENGTH = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Intention:
    """`key` is the caller's own word for it, `fingerprint` tells whether it is still the same request."""

    key: str
    fingerprint: str

    @classmethod
    def of(cls, key: str, body: bytes) -> "Intention":
        """`body` is what makes two requests the same: bytes that depend on nothing but their meaning."""
        return cls(key=key, fingerprint=hashlib.sha256(body).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What came of an intention. `place` is where it was said, such as `execute:<workflow id>`: keys are only unique
    there. `outcome` is the id of what was made, or `was_there` before."""

    owner_id: UserId
    place: str
    intention: Intention
    outcome: UUID
    was_there: bool = False
    created_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.created_at + KEPT_FOR

    def outcome_for(self, intention: Intention) -> UUID:
        """Raise IdempotencyKeyReused when the key stood for another request."""
        if intention.fingerprint != self.intention.fingerprint:
            raise IdempotencyKeyReused
        return self.outcome
