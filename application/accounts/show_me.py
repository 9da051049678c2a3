"""Who am I."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.accounts.user import User
from domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMe:
    """Raise UserNotFound."""

    begin: BeginWork

    async def __call__(self, user_id: UserId) -> User:
        async with self.begin() as work:
            return await work.users.get(user_id)
