"""Let a token die."""

from dataclasses import dataclass

from application.accounts.authenticate import Authenticate
from application.ports.unit_of_work import BeginWork
from domain.ids import AccessTokenId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeAccessToken:
    """Dead at once in this process, within seconds in others. Raise AccessTokenNotFound."""

    begin: BeginWork
    authenticate: Authenticate

    async def __call__(self, *, token_id: AccessTokenId, actor_id: UserId) -> None:
        async with self.begin() as work:
            await work.access_tokens.remove(token_id, actor_id)
            await work.commit()
        self.authenticate.forget(actor_id)
