"""Sign up."""

from dataclasses import dataclass

from application.ports.address_checker import AddressChecker
from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.password_hasher import PasswordHasher
from application.ports.unit_of_work import BeginWork
from domain.accounts.password import password_faults
from domain.accounts.user import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, MIN_NAME_LENGTH, User
from domain.errors import Fault, Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUser:
    """Raise Invalid with every fault, or EmailTaken. Blanks around name and address do not count."""

    begin: BeginWork
    hasher: PasswordHasher
    addresses: AddressChecker
    clock: Clock
    ids: IdGenerator

    async def __call__(self, *, email: str, name: str, password: str) -> User:
        email, name = email.strip(), name.strip()
        if faults := [*self._email_faults(email), *_name_faults(name), *password_faults(password)]:
            raise Invalid(faults=faults)
        hashed = await self.hasher.hash(password)
        now = self.clock.now()
        user = User(id=self.ids.user(), email=email, name=name, password_hash=hashed, created_at=now, updated_at=now)
        async with self.begin() as work:
            await work.users.add(user)
            await work.commit()
        return user

    def _email_faults(self, email: str) -> list[Fault]:
        if len(email) > MAX_EMAIL_LENGTH:
            return [Fault(("email",), "too_long", f"Email must be at most {MAX_EMAIL_LENGTH} characters")]
        if not self.addresses.is_email(email):
            return [Fault(("email",), "invalid_email", "Invalid email address")]
        return []


def _name_faults(name: str) -> list[Fault]:
    if len(name) < MIN_NAME_LENGTH:
        return [Fault(("name",), "too_short", f"Name must be at least {MIN_NAME_LENGTH} characters")]
    if len(name) > MAX_NAME_LENGTH:
        return [Fault(("name",), "too_long", f"Name must be at most {MAX_NAME_LENGTH} characters")]
    return []
