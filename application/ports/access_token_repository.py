"""Keeps personal access tokens."""

from collections.abc import Sequence
from typing import Protocol

from domain.access_tokens.access_token import AccessToken
from domain.ids import AccessTokenId, UserId


class AccessTokenRepository(Protocol):
    async def add(self, token: AccessToken) -> None:
        """Raise UserNotFound when the owner does not exist (any more), TooManyAccessTokens at the limit."""

    async def of_owner(self, owner_id: UserId) -> Sequence[AccessToken]:
        """Newest first; equal times by id."""

    async def remove(self, token_id: AccessTokenId, owner_id: UserId) -> None:
        """Raise AccessTokenNotFound when absent or not owned by `owner_id`."""

    async def remove_all(self, owner_id: UserId) -> None: ...
