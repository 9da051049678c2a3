"""A person who signs in."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.ids import UserId

MAX_EMAIL_LENGTH = 255
MIN_NAME_LENGTH, MAX_NAME_LENGTH = 2, 255


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`email` is kept as typed and compared by `email_key`; `token_version` grows when all tokens must die."""

    id: UserId
    email: str
    name: str
    password_hash: str = field(repr=False)
    token_version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def email_key(self) -> str:
        return email_key(self.email)


def email_key(email: str) -> str:
    """What makes two addresses the same account: case and surrounding blanks do not count."""
    return email.strip().casefold()
