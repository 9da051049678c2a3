"""Bearer tokens: genuine and alive, or nothing."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from adapters.crypto.jwt_token_signer import JwtTokenSigner
from domain.accounts.errors import InvalidToken
from tests.make import a_user

SECRET = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SIGNER = JwtTokenSigner(SECRET, lifetime=timedelta(days=7))


def claims(**parts: Any) -> dict[str, Any]:
    user = str(a_user().id)
    usual = {"sub": user, "email": "a@b.c", "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 60, "ver": 1}
    return {name: value for name, value in {**usual, **parts}.items() if value is not None}


def forged(algorithm: str, secret: str, **parts: Any) -> str:
    return jwt.encode(claims(**parts), secret, algorithm=algorithm)


def unsigned(**parts: Any) -> str:
    def encoded(part: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims(**parts))}."


def test_reads_what_it_signed() -> None:
    user = a_user()
    read = SIGNER.read(SIGNER.sign(user, at=NOW), at=NOW)
    assert (read.user_id, read.version, read.expires_at) == (user.id, 1, NOW + timedelta(days=7))


def test_carries_the_claims_that_clients_know() -> None:
    user = a_user()
    told = jwt.decode(SIGNER.sign(user, at=NOW), options={"verify_signature": False})
    assert (told["sub"], told["email"], told["iat"]) == (str(user.id), user.email, int(NOW.timestamp()))


def test_lives_until_its_expiry_and_not_a_second_longer() -> None:
    token = SIGNER.sign(a_user(), at=NOW)
    SIGNER.read(token, at=NOW + timedelta(days=7, seconds=-1))
    with pytest.raises(InvalidToken):
        SIGNER.read(token, at=NOW + timedelta(days=7))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "no.token.here",
        forged("HS256", "another secret of the same length!"),
        forged("HS512", SECRET * 2),
        unsigned(),
        forged("HS256", SECRET, exp=None),
        forged("HS256", SECRET, ver=None),
        forged("HS256", SECRET, sub="nobody"),
        forged("HS256", SECRET, ver="x"),
        forged("HS256", SECRET, exp=10**30),
        SIGNER.sign(a_user(), at=NOW)[:-4] + "AAAA",
    ],
)
def test_refuses_everything_else(token: str) -> None:
    with pytest.raises(InvalidToken):
        SIGNER.read(token, at=NOW)
