"""Bearer tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.accounts.user import User
from domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenClaims:
    """What a genuine token says. `version` must equal the user's token version, or the token is dead."""

    user_id: UserId
    version: int
    expires_at: datetime


class TokenSigner(Protocol):
    def sign(self, user: User, *, at: datetime) -> str: ...

    def read(self, token: str, *, at: datetime) -> TokenClaims:
        """Raise InvalidToken for anything but an unexpired token that this system signed."""
