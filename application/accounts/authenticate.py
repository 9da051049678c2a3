"""Whose token is this."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.read_models import AccountReads
from application.ports.token_signer import TokenClaims, TokenSigner
from domain.accounts.errors import InvalidToken
from domain.ids import UserId


@dataclass(slots=True)
class _Verified:
    claims: TokenClaims
    checked_at: float


@dataclass(slots=True, kw_only=True)
class Authenticate:
    """Raise InvalidToken for a token that is forged, expired, or whose user is gone or has signed out everywhere.

    Verified tokens are remembered, at most `capacity` of them. Expiry is checked at each call; whether the user still
    stands behind the token is asked again once `recheck_after` has passed, so a revocation takes at most that long.
    """

    tokens: TokenSigner
    accounts: AccountReads
    clock: Clock
    capacity: int = 10_000
    recheck_after: timedelta = timedelta(seconds=5)
    _verified: OrderedDict[str, _Verified] = field(default_factory=OrderedDict)

    async def __call__(self, token: str) -> UserId:
        known = self._verified.get(token)
        if known is None:
            known = await self._verify(token)
        elif self._is_stale(known):
            await self._recheck(token, known)
        if known.claims.expires_at <= self.clock.now():
            self._verified.pop(token, None)
            raise InvalidToken
        return known.claims.user_id

    def forget(self, user_id: UserId) -> None:
        """Ask again at the next call of each of this user's tokens."""
        for token in [token for token, known in self._verified.items() if known.claims.user_id == user_id]:
            del self._verified[token]

    def _is_stale(self, known: _Verified) -> bool:
        return self.clock.monotonic() - known.checked_at > self.recheck_after.total_seconds()

    async def _verify(self, token: str) -> _Verified:
        claims = self.tokens.read(token, at=self.clock.now())
        await self._confirm(claims)
        known = self._verified[token] = _Verified(claims, self.clock.monotonic())
        if len(self._verified) > self.capacity:
            self._verified.popitem(last=False)
        return known

    async def _recheck(self, token: str, known: _Verified) -> None:
        try:
            await self._confirm(known.claims)
        except InvalidToken:
            self._verified.pop(token, None)
            raise
        known.checked_at = self.clock.monotonic()

    async def _confirm(self, claims: TokenClaims) -> None:
        state = await self.accounts.state(claims.user_id)
        if state is None or state.token_version != claims.version:
            raise InvalidToken
