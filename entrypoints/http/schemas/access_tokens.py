"""Personal access tokens on the wire: the secret is shown once, when the token is made."""

from datetime import timedelta
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from application.access_tokens.create_access_token import NewAccessToken
from domain.access_tokens.access_token import MAX_NAME_LENGTH, AccessToken, Scope
from domain.values.timestamps import timestamp
from entrypoints.wire.texts import trimmed

TokenName: TypeAlias = Annotated[str, trimmed(1, MAX_NAME_LENGTH)]


class AccessTokenOrder(Struct, rename="camel", kw_only=True):
    name: TokenName
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=len(Scope))]
    expires_in_days: Annotated[int, Meta(ge=1, le=366)] = 90

    @property
    def lifetime(self) -> timedelta:
        return timedelta(days=self.expires_in_days)


class AccessTokenRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    name: str
    scopes: list[Scope]
    created_at: str
    expires_at: str | None
    last_used_at: str | None

    @classmethod
    def of(cls, token: AccessToken) -> "AccessTokenRecord":
        return cls(
            id=token.id,
            name=token.name,
            scopes=sorted(token.scopes),
            created_at=timestamp(token.created_at),
            expires_at=None if token.expires_at is None else timestamp(token.expires_at),
            last_used_at=None if token.last_used_at is None else timestamp(token.last_used_at),
        )


class AccessTokenMade(AccessTokenRecord, rename="camel", kw_only=True):
    """`token` goes into the `Authorization` header, after `Bearer `. It is never shown again."""

    token: str

    @classmethod
    def with_secret(cls, made: NewAccessToken) -> "AccessTokenMade":
        shown = AccessTokenRecord.of(made.token)
        return cls(
            id=shown.id,
            name=shown.name,
            scopes=shown.scopes,
            created_at=shown.created_at,
            expires_at=shown.expires_at,
            last_used_at=shown.last_used_at,
            token=made.secret,
        )


class LoggedOut(Struct, rename="camel", kw_only=True):
    logged_out: bool = True
