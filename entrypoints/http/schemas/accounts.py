"""Users and tokens on the wire."""

from uuid import UUID

from msgspec import Struct

from application.ports.read_models import Profile
from domain.accounts.user import User
from entrypoints.wire.texts import Email, NewPassword, PersonName, SomeText


class Registration(Struct, kw_only=True):
    email: Email
    name: PersonName
    password: NewPassword


class Credentials(Struct, kw_only=True):
    email: Email
    password: SomeText


class UserRecord(Struct, kw_only=True):
    id: UUID
    email: str
    name: str

    @classmethod
    def of(cls, user: User | Profile) -> "UserRecord":
        return cls(id=user.id, email=user.email, name=user.name)


class Me(Struct, kw_only=True):
    user: UserRecord


class SignedIn(Struct, kw_only=True):
    """`token` goes into the `Authorization` header of further requests, after `Bearer `."""

    user: UserRecord
    token: str
