"""Which tokens somebody has made."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.access_tokens.access_token import AccessToken
from domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAccessTokens:
    """Newest first, expired ones too."""

    begin: BeginWork

    async def __call__(self, *, owner_id: UserId) -> Sequence[AccessToken]:
        async with self.begin() as work:
            return await work.access_tokens.of_owner(owner_id)
