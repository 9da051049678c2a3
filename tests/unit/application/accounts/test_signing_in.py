"""Sign up, sign in, and who is it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from application.accounts.authenticate import Authenticate
from application.accounts.find_user import FindUser
from application.accounts.issue_token import IssueToken
from application.accounts.log_in import LogIn
from application.accounts.register_user import RegisterUser
from domain.accounts.errors import EmailTaken, InvalidToken, NoAccountYet, UserNotFound, WhoseAccount, WrongCredentials
from domain.accounts.user import User
from domain.errors import Invalid
from domain.rate_limits.errors import RateLimited
from domain.rate_limits.limit import Limit
from tests.fakes.address_checker import FakeAddressChecker
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.password_hasher import FakePasswordHasher
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.fakes.read_models import FakeAccountReads
from tests.fakes.store import FakeStore
from tests.fakes.token_signer import FakeTokenSigner

PASSWORD = "correct horse"

MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    clock: FakeClock = field(default_factory=FakeClock)
    tokens: FakeTokenSigner = field(default_factory=FakeTokenSigner)

    def __post_init__(self) -> None:
        self.store = FakeStore(self.clock)
        self.ids = FakeIds()
        self.limiter = FakeRateLimiter(self.clock)
        self.authenticate = Authenticate(
            tokens=self.tokens, accounts=FakeAccountReads(self.store), clock=self.clock, capacity=2
        )

    async def register(self, email: str = "ada@example.com", name: str = "Ada", password: str = PASSWORD) -> User:
        register = RegisterUser(
            begin=self.store.begin,
            hasher=FakePasswordHasher(),
            addresses=FakeAddressChecker(),
            clock=self.clock,
            ids=self.ids,
        )
        return await register(email=email, name=name, password=password)

    async def log_in(self, email: str, password: str, source: str = "here") -> User:
        log_in = LogIn(
            begin=self.store.begin,
            hasher=FakePasswordHasher(),
            limiter=self.limiter,
            wrong_passwords=Limit(name="one", requests=3, window=MINUTE),
            wrong_passwords_from_everywhere=Limit(name="all", requests=5, window=MINUTE),
        )
        return await log_in(email=email, password=password, source=source)

    def token(self, user: User) -> str:
        return IssueToken(tokens=self.tokens, clock=self.clock)(user)

    def change(self, user: User, **parts: int) -> None:
        self.store.rows.users[user.id] = replace(user, **parts)  # type: ignore[arg-type]


async def test_keeps_a_hash_and_never_the_password() -> None:
    user = await Desk().register()
    assert user.password_hash == f"hashed {PASSWORD}"
    assert PASSWORD not in repr(user)


async def test_trims_address_and_name_and_keeps_the_address_as_typed() -> None:
    user = await Desk().register(" Ada@Example.com ", "  Ada  ")
    assert (user.email, user.name) == ("Ada@Example.com", "Ada")


async def test_says_everything_that_is_wrong_with_a_registration_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        await Desk().register("nobody", " A ", "short")
    assert [fault.path for fault in refused.value.faults] == [("email",), ("name",), ("password",)]


@pytest.mark.parametrize("password", ["1234567", "x" * 129, " " * 8])
async def test_refuses_a_weak_password(password: str) -> None:
    with pytest.raises(Invalid):
        await Desk().register(password=password)


async def test_refuses_an_address_twice_whatever_its_case() -> None:
    desk = Desk()
    await desk.register("ada@example.com")
    with pytest.raises(EmailTaken):
        await desk.register("ADA@example.com")


async def test_lets_in_with_the_right_password_only_and_says_no_in_the_same_words() -> None:
    desk = Desk()
    user = await desk.register()
    assert await desk.log_in("ADA@example.com", PASSWORD) == user
    said = []
    for email, password in (("ada@example.com", "wrong"), ("nobody@example.com", PASSWORD)):
        with pytest.raises(WrongCredentials) as refused:
            await desk.log_in(email, password)
        said.append(str(refused.value))
    assert said[0] == said[1]


async def test_finds_a_user_by_address() -> None:
    desk = Desk()
    user = await desk.register()
    assert await FindUser(begin=desk.store.begin)(email="Ada@example.com") == user
    with pytest.raises(UserNotFound):
        await FindUser(begin=desk.store.begin)(email="nobody@example.com")


async def test_finds_the_only_account_without_an_address_and_asks_whose_is_meant_among_several() -> None:
    desk = Desk()
    find = FindUser(begin=desk.store.begin)
    with pytest.raises(NoAccountYet):
        await find(email=None)
    user = await desk.register()
    assert await find(email=None) == user
    await desk.register("bob@example.com")
    with pytest.raises(WhoseAccount):
        await find(email=None)


async def test_knows_whose_token_it_is_and_reads_it_only_once() -> None:
    desk = Desk()
    user = await desk.register()
    token = desk.token(user)
    for _ in range(3):
        assert (await desk.authenticate(token)).user_id == user.id
    assert desk.tokens.read_tokens == [token]


async def test_refuses_a_token_from_the_moment_it_expires_although_it_is_remembered() -> None:
    desk = Desk()
    token = desk.token(await desk.register())
    await desk.authenticate(token)
    desk.clock.advance(timedelta(days=7))
    with pytest.raises(InvalidToken):
        await desk.authenticate(token)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_refuses_what_is_no_token(token: str) -> None:
    with pytest.raises(InvalidToken):
        await Desk().authenticate(token)


async def test_lets_tokens_die_with_their_user_within_five_seconds() -> None:
    desk = Desk()
    user = await desk.register()
    token = desk.token(user)
    await desk.authenticate(token)
    del desk.store.rows.users[user.id]
    desk.clock.advance(timedelta(seconds=6))
    with pytest.raises(InvalidToken):
        await desk.authenticate(token)
    with pytest.raises(InvalidToken):
        await desk.authenticate(token)


async def test_lets_all_tokens_die_when_the_version_grows_at_once_where_it_is_told() -> None:
    desk = Desk()
    user = await desk.register()
    token = desk.token(user)
    await desk.authenticate(token)
    desk.change(user, token_version=2)
    desk.authenticate.forget(user.id)
    with pytest.raises(InvalidToken):
        await desk.authenticate(token)
    assert (await desk.authenticate(desk.token(desk.store.rows.users[user.id]))).user_id == user.id


async def test_remembers_a_bounded_number_of_tokens() -> None:
    desk = Desk()
    user = await desk.register()
    tokens = []
    for _ in range(5):
        desk.clock.advance(timedelta(seconds=1))
        tokens.append(desk.token(user))
        await desk.authenticate(tokens[-1])
    await desk.authenticate(tokens[0])
    assert desk.tokens.read_tokens == [*tokens, tokens[0]]


async def wrong(desk: Desk, email: str = "ada@example.com", *, source: str = "here") -> type[Exception]:
    with pytest.raises((WrongCredentials, RateLimited)) as refused:
        await desk.log_in(email, "wrong", source)
    return refused.type


async def test_lets_nobody_guess_on_even_with_the_right_password() -> None:
    desk = Desk()
    await desk.register()
    assert [await wrong(desk) for _ in range(4)] == [WrongCredentials] * 3 + [RateLimited]
    with pytest.raises(RateLimited, match="60 seconds"):
        await desk.log_in("ADA@example.com", PASSWORD)
    assert (await desk.log_in("ada@example.com", PASSWORD, "elsewhere")).email == "ada@example.com"
    desk.clock.advance(MINUTE)
    assert (await desk.log_in("ada@example.com", PASSWORD)).email == "ada@example.com"


async def test_counts_guesses_from_many_sources_together() -> None:
    desk = Desk()
    await desk.register()
    refusals = [await wrong(desk, source=str(source)) for source in range(6)]
    assert refusals == [WrongCredentials] * 5 + [RateLimited]


async def test_treats_accounts_that_do_not_exist_the_same() -> None:
    desk = Desk()
    assert [await wrong(desk, "nobody@example.com") for _ in range(4)] == [WrongCredentials] * 3 + [RateLimited]


async def test_does_not_count_right_passwords() -> None:
    desk = Desk()
    await desk.register()
    for _ in range(10):
        await desk.log_in("ada@example.com", PASSWORD)
