"""Let every token of a user die."""

from dataclasses import dataclass

from application.accounts.authenticate import Authenticate
from application.ports.unit_of_work import BeginWork
from domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOutEverywhere:
    """Those from signing in and those made for programs: dead at once in this process, within seconds in others."""

    begin: BeginWork
    authenticate: Authenticate

    async def __call__(self, user_id: UserId) -> None:
        async with self.begin() as work:
            await work.users.end_sessions(user_id)
            await work.access_tokens.remove_all(user_id)
            await work.commit()
        self.authenticate.forget(user_id)
