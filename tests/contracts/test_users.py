"""Users are kept, once per address."""

from dataclasses import asdict, replace
from uuid import uuid4

import pytest

from domain.accounts.errors import EmailTaken, UserNotFound
from domain.accounts.user import User
from domain.ids import UserId
from tests.contracts.conftest import Keeping
from tests.make import a_user


async def kept(store: Keeping, user: User) -> User:
    async with store.begin() as work:
        await work.users.add(user)
        await work.commit()
    return user


async def test_finds_nobody_under_an_unknown_id_or_address(store: Keeping) -> None:
    async with store.begin() as work:
        with pytest.raises(UserNotFound):
            await work.users.get(UserId(uuid4()))
        assert await work.users.find_by_email("nobody@example.com") is None


async def test_finds_a_user_however_the_address_is_written(store: Keeping) -> None:
    ada = await kept(store, a_user("Ada@Example.com"))
    async with store.begin() as work:
        for written in ("Ada@Example.com", "ada@example.com", " ADA@EXAMPLE.COM "):
            assert await work.users.find_by_email(written) == ada


async def test_tells_who_came_first(store: Keeping) -> None:
    async with store.begin() as work:
        assert [*await work.users.first(2)] == []
    users = [await kept(store, a_user(f"user{at}@example.com")) for at in range(3)]
    came = sorted(users, key=lambda user: (user.created_at, user.id))
    async with store.begin() as work:
        assert [*await work.users.first(2)] == came[:2]


async def test_refuses_an_address_that_differs_in_case_only(store: Keeping) -> None:
    await kept(store, a_user("ada@example.com"))
    with pytest.raises(EmailTaken):
        await kept(store, a_user("ADA@example.com"))


async def test_tells_the_token_version_of_a_user(store: Keeping) -> None:
    ada = await kept(store, replace(a_user(), token_version=7))
    state = await store.accounts.state(ada.id)
    assert state is not None
    assert (state.user_id, state.token_version) == (ada.id, 7)
    assert await store.accounts.state(UserId(uuid4())) is None


async def test_shows_the_profile_of_a_user_and_nothing_secret(store: Keeping) -> None:
    ada = await kept(store, a_user("Ada@example.com"))
    assert asdict(await store.accounts.profile(ada.id)) == {"id": ada.id, "email": "Ada@example.com", "name": "Ada"}
    with pytest.raises(UserNotFound):
        await store.accounts.profile(UserId(uuid4()))
