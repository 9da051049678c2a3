"""Bearer tokens as JSON Web Tokens (RFC 7519), signed with HMAC SHA-256."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from application.ports.token_signer import TokenClaims
from domain.accounts.errors import InvalidToken
from domain.accounts.user import User
from domain.ids import UserId

ALGORITHM = "HS256"
REQUIRED = ["sub", "iat", "exp", "ver"]


class JwtTokenSigner:
    """Claims: `sub` user id, `email`, `iat` and `exp` in seconds, `ver` the user's token version."""

    def __init__(self, secret: str, *, lifetime: timedelta) -> None:
        self._secret = secret.encode()
        self._lifetime = lifetime

    def sign(self, user: User, *, at: datetime) -> str:
        claims = {
            "sub": str(user.id),
            "email": user.email,
            "iat": int(at.timestamp()),
            "exp": int((at + self._lifetime).timestamp()),
            "ver": user.token_version,
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def read(self, token: str, *, at: datetime) -> TokenClaims:
        """The signature is checked here by the library, expiry against `at` by us: clocks are given, not asked."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                options={"require": REQUIRED, "verify_exp": False, "verify_iat": False},
            )
            read = TokenClaims(
                user_id=UserId(UUID(claims["sub"])),
                version=int(claims["ver"]),
                expires_at=datetime.fromtimestamp(int(claims["exp"]), UTC),
            )
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError) as refusal:
            raise InvalidToken from refusal
        if read.expires_at <= at:
            raise InvalidToken
        return read
