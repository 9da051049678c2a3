"""The same intention counts once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.accounts.errors import UserNotFound
from domain.idempotency.errors import IdempotencyKeyReused
from domain.idempotency.idempotency_key import KEPT_FOR, Intention, Remembered
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import somebody
from tests.fakes.clock import NOON
from tests.make import a_user, remembered


async def said(store: Keeping, made: Remembered) -> Remembered:
    async with store.begin() as work:
        kept = await work.intentions.remember(made)
        await work.commit()
    return kept


async def test_remembers_what_came_first(store: Keeping) -> None:
    ada = await somebody(store)
    first = remembered(ada)
    assert await said(store, first) == first
    assert await said(store, remembered(ada, at=NOON + timedelta(hours=1))) == first


async def test_tells_owners_places_and_keys_apart(store: Keeping) -> None:
    ada, grace = await somebody(store), await somebody(store, "grace@example.com")
    for made in (remembered(ada), remembered(grace), remembered(ada, "other"), remembered(ada, place="execute:2")):
        assert await said(store, made) == made


async def test_refuses_another_request_by_the_same_key(store: Keeping) -> None:
    ada = await somebody(store)
    kept = await said(store, remembered(ada, body=b"1"))
    assert kept.outcome_for(Intention.of("key", b"1")) == kept.outcome
    with pytest.raises(IdempotencyKeyReused):
        kept.outcome_for(Intention.of("key", b"2"))


async def test_forgets_after_a_day(store: Keeping) -> None:
    ada = await somebody(store)
    first = await said(store, remembered(ada))
    assert await said(store, remembered(ada, at=NOON + KEPT_FOR - timedelta(milliseconds=1))) == first
    again = remembered(ada, at=NOON + KEPT_FOR)
    assert await said(store, again) == again


async def test_forgets_what_was_rolled_back(store: Keeping) -> None:
    ada = await somebody(store)
    async with store.begin() as work:
        await work.intentions.remember(remembered(ada))
    made = remembered(ada)
    assert await said(store, made) == made


async def test_tells_in_the_end_what_came_of_it(store: Keeping) -> None:
    ada = await somebody(store)
    made = remembered(ada)
    there = replace(made, outcome=uuid4(), was_there=True)
    async with store.begin() as work:
        await work.intentions.remember(made)
        await work.intentions.correct(there)
        await work.commit()
    assert await said(store, remembered(ada)) == there


async def test_answers_everybody_the_same_when_many_come_at_once(store: Keeping) -> None:
    ada = await somebody(store)
    kept = await asyncio.gather(*(said(store, remembered(ada)) for _ in range(4)))
    assert len({each.outcome for each in kept}) == 1


async def test_clears_away_what_has_expired(store: Keeping) -> None:
    ada = await somebody(store)
    for key in ("a", "b", "c"):
        await said(store, remembered(ada, key))
    async with store.begin() as work:
        assert await work.intentions.forget(before=NOON + KEPT_FOR, limit=9) == 0
        assert await work.intentions.forget(before=NOON + KEPT_FOR + timedelta(seconds=1), limit=2) == 2
        assert await work.intentions.forget(before=NOON + KEPT_FOR + timedelta(seconds=1), limit=2) == 1


async def test_keeps_nothing_for_nobody(store: Keeping) -> None:
    with pytest.raises(UserNotFound):
        await said(store, remembered(a_user()))
