"""All or nothing."""

import pytest

from domain.accounts.errors import EmailTaken, UserNotFound
from tests.contracts.conftest import Keeping
from tests.make import a_user, a_workflow


async def test_remembers_what_was_committed(store: Keeping) -> None:
    ada = a_user()
    async with store.begin() as work:
        await work.users.add(ada)
        await work.commit()
    async with store.begin() as work:
        assert await work.users.get(ada.id) == ada


async def test_forgets_what_was_not_committed(store: Keeping) -> None:
    ada = a_user()
    async with store.begin() as work:
        await work.users.add(ada)
    async with store.begin() as work:
        with pytest.raises(UserNotFound):
            await work.users.get(ada.id)


async def test_forgets_everything_when_the_block_is_left_by_an_error(store: Keeping) -> None:
    ada = a_user()

    async def stumble() -> None:
        async with store.begin() as work:
            await work.users.add(ada)
            await work.workflows.add(a_workflow(ada))
            await work.users.add(a_user(ada.email))
            await work.commit()

    with pytest.raises(EmailTaken):
        await stumble()
    assert await store.accounts.state(ada.id) is None


async def test_sees_its_own_changes_before_they_are_committed(store: Keeping) -> None:
    ada = a_user()
    async with store.begin() as work:
        await work.users.add(ada)
        assert await work.users.find_by_email(ada.email) == ada
