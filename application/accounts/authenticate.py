"""Whose token is this, and what may it do."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.read_models import AccountReads
from application.ports.token_signer import TokenSigner
from domain.access_tokens.access_token import PREFIX, Scope, digest_of
from domain.access_tokens.errors import PersonNeeded, ScopeMissing
from domain.accounts.errors import InvalidToken
from domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`scopes` is None for a person who signed in, who may do everything that is theirs to do."""

    user_id: UserId
    scopes: frozenset[Scope] | None = None

    def must_have(self, needed: Scope | None) -> None:
        """Raise ScopeMissing, or PersonNeeded where no scope is enough."""
        if self.scopes is None:
            return
        if needed is None:
            raise PersonNeeded
        if needed not in self.scopes:
            raise ScopeMissing(needed)


@dataclass(slots=True)
class _Verified:
    caller: Caller
    expires_at: datetime | None
    checked_at: float


@dataclass(slots=True, kw_only=True)
class Authenticate:
    """Raise InvalidToken for a token that is forged, expired or revoked, or whose user is gone.

    Verified tokens are remembered, at most `capacity` of them. Expiry is checked at each call; whether the token still
    stands is asked again once `recheck_after` has passed, so a revocation elsewhere takes at most that long.
    """

    tokens: TokenSigner
    accounts: AccountReads
    clock: Clock
    capacity: int = 10_000
    recheck_after: timedelta = timedelta(seconds=5)
    _verified: OrderedDict[str, _Verified] = field(default_factory=OrderedDict)
    _forgotten: int = 0

    async def __call__(self, token: str) -> Caller:
        known = self._verified.get(token)
        if known is None or self._is_stale(known):
            known = await self._verify(token)
        if known.expires_at is not None and known.expires_at <= self.clock.now():
            self._verified.pop(token, None)
            raise InvalidToken
        return known.caller

    def knows(self, token: str) -> bool:
        """Whether it was good when it was seen last."""
        return token in self._verified

    def forget(self, user_id: UserId) -> None:
        """Ask again at the next call of each of this user's tokens, also where an answer is on its way."""
        self._forgotten += 1
        for token in [token for token, known in self._verified.items() if known.caller.user_id == user_id]:
            del self._verified[token]

    def _is_stale(self, known: _Verified) -> bool:
        return self.clock.monotonic() - known.checked_at > self.recheck_after.total_seconds()

    async def _verify(self, token: str) -> _Verified:
        asked_at, forgotten = self.clock.monotonic(), self._forgotten
        try:
            caller, expires_at = await (self._program(token) if token.startswith(PREFIX) else self._person(token))
        except InvalidToken:
            self._verified.pop(token, None)
            raise
        known = _Verified(caller, expires_at, asked_at)
        if forgotten == self._forgotten:
            self._verified[token] = known
        if len(self._verified) > self.capacity:
            self._verified.popitem(last=False)
        return known

    async def _person(self, token: str) -> tuple[Caller, datetime]:
        claims = self.tokens.read(token, at=self.clock.now())
        state = await self.accounts.state(claims.user_id)
        if state is None or state.token_version != claims.version:
            raise InvalidToken
        return Caller(user_id=claims.user_id), claims.expires_at

    async def _program(self, token: str) -> tuple[Caller, datetime | None]:
        state = await self.accounts.use_access_token(digest_of(token), at=self.clock.now())
        if state is None:
            raise InvalidToken
        return Caller(user_id=state.user_id, scopes=state.scopes), state.expires_at
