"""Hand out a bearer token."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.token_signer import TokenSigner
from domain.accounts.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToken:
    tokens: TokenSigner
    clock: Clock

    def __call__(self, user: User) -> str:
        return self.tokens.sign(user, at=self.clock.now())
