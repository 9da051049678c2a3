"""Sign in with a password."""

from dataclasses import dataclass

from application.ports.password_hasher import PasswordHasher
from application.ports.unit_of_work import BeginWork
from domain.accounts.errors import WrongCredentials
from domain.accounts.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """Raise WrongCredentials, in the same time and words for an unknown address and a wrong password."""

    begin: BeginWork
    hasher: PasswordHasher

    async def __call__(self, *, email: str, password: str) -> User:
        async with self.begin() as work:
            user = await work.users.find_by_email(email)
        is_right = await self.hasher.verify(password, user.password_hash if user else None)
        if user is None or not is_right:
            raise WrongCredentials
        return user
