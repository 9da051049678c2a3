"""Keeps users."""

from collections.abc import Sequence
from typing import Protocol

from domain.accounts.user import User
from domain.ids import UserId


class UserRepository(Protocol):
    async def add(self, user: User) -> None:
        """Raise EmailTaken when another user has the same email key, also when both come at once."""

    async def get(self, user_id: UserId) -> User:
        """Raise UserNotFound when absent."""

    async def find_by_email(self, email: str) -> User | None:
        """By email key: case and surrounding blanks do not count."""

    async def first(self, count: int) -> Sequence[User]:
        """At most `count`, those that came first."""

    async def end_sessions(self, user_id: UserId) -> None:
        """Let every token that signing in gave die. Raise UserNotFound."""
