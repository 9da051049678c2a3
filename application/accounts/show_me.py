"""Who am I."""

from dataclasses import dataclass

from application.ports.read_models import AccountReads, Profile
from domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMe:
    """Raise UserNotFound."""

    accounts: AccountReads

    async def __call__(self, user_id: UserId) -> Profile:
        return await self.accounts.profile(user_id)
