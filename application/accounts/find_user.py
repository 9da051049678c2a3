"""Whose account an address names."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.accounts.errors import UserNotFound
from domain.accounts.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUser:
    """For operators. Raise UserNotFound."""

    begin: BeginWork

    async def __call__(self, *, email: str) -> User:
        async with self.begin() as work:
            user = await work.users.find_by_email(email)
        if user is None:
            raise UserNotFound
        return user
