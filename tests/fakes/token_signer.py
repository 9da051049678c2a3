"""Tokens that anybody could forge."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from application.ports.token_signer import TokenClaims
from domain.accounts.errors import InvalidToken
from domain.accounts.user import User
from domain.ids import UserId

LIFETIME = timedelta(days=7)


class FakeTokenSigner:
    def __init__(self) -> None:
        self.read_tokens: list[str] = []

    def sign(self, user: User, *, at: datetime) -> str:
        return f"{user.id}.{user.token_version}.{(at + LIFETIME).timestamp()}"

    def read(self, token: str, *, at: datetime) -> TokenClaims:
        self.read_tokens.append(token)
        try:
            user, version, expires = token.split(".", 2)
            claims = TokenClaims(
                user_id=UserId(UUID(user)),
                version=int(version),
                expires_at=datetime.fromtimestamp(float(expires), UTC),
            )
        except ValueError as refused:
            raise InvalidToken from refused
        if claims.expires_at <= at:
            raise InvalidToken
        return claims
