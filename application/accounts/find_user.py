"""Whose account an address names, or the only one there is."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.accounts.errors import NoAccountYet, UserNotFound, WhoseAccount
from domain.accounts.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUser:
    """For operators. Without an address the only account is meant.

    Raise UserNotFound; without an address NoAccountYet, or WhoseAccount when there are several.
    """

    begin: BeginWork

    async def __call__(self, *, email: str | None) -> User:
        if email is None:
            return await self._only_one()
        async with self.begin() as work:
            user = await work.users.find_by_email(email)
        if user is None:
            raise UserNotFound
        return user

    async def _only_one(self) -> User:
        async with self.begin() as work:
            first = await work.users.first(2)
        if not first:
            raise NoAccountYet
        if len(first) > 1:
            raise WhoseAccount
        return first[0]
