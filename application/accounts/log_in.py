"""Sign in with a password."""

from dataclasses import dataclass

from application.ports.password_hasher import PasswordHasher
from application.ports.rate_limiter import RateLimiter
from application.ports.unit_of_work import BeginWork
from domain.accounts.errors import WrongCredentials
from domain.accounts.user import User, email_key
from domain.rate_limits.errors import RateLimited
from domain.rate_limits.limit import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """Raise WrongCredentials, in the same time and words for an unknown address and a wrong password; RateLimited
    after too many of them, whether the account exists or not. `source` is where the caller seems to be."""

    begin: BeginWork
    hasher: PasswordHasher
    limiter: RateLimiter
    wrong_passwords: Limit
    wrong_passwords_from_everywhere: Limit

    async def __call__(self, *, email: str, password: str, source: str) -> User:
        account = email_key(email)
        counted = ((self.wrong_passwords, f"{source} {account}"), (self.wrong_passwords_from_everywhere, account))
        for limit, key in counted:
            verdict = await self.limiter.hit(limit, key)
            if not verdict.allowed:
                raise RateLimited(verdict)
        user = await self._verified(email, password)
        for limit, key in counted:
            await self.limiter.forgive(limit, key)
        return user

    async def _verified(self, email: str, password: str) -> User:
        async with self.begin() as work:
            user = await work.users.find_by_email(email)
        is_right = await self.hasher.verify(password, user.password_hash if user else None)
        if user is None or not is_right:
            raise WrongCredentials
        return user
