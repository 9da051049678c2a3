"""Make a token for a program."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.secret_generator import SecretGenerator
from application.ports.unit_of_work import BeginWork
from domain.access_tokens.access_token import PREFIX, AccessToken, Scope, digest_of
from domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccessToken:
    """`secret` is what goes over the wire; it is shown this once and kept nowhere."""

    token: AccessToken
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccessToken:
    """Raise TooManyAccessTokens. Blanks around the name do not count."""

    begin: BeginWork
    secrets: SecretGenerator
    clock: Clock
    ids: IdGenerator

    async def __call__(
        self, *, owner_id: UserId, name: str, scopes: Collection[Scope], lifetime: timedelta
    ) -> NewAccessToken:
        secret, now = PREFIX + self.secrets.new(), self.clock.now()
        token = AccessToken(
            id=self.ids.access_token(),
            owner_id=owner_id,
            name=name.strip(),
            scopes=frozenset(scopes),
            digest=digest_of(secret),
            created_at=now,
            expires_at=now + lifetime,
        )
        async with self.begin() as work:
            await work.access_tokens.add(token)
            await work.commit()
        return NewAccessToken(token=token, secret=secret)
