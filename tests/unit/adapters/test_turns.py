"""Turns are shared fairly, none is lost, and nobody waits for ever."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.javascript.turns import OWNERS_AT_ONCE, Turns


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_one_owner_has_so_many_turns_and_others_go_on_beside() -> None:
    turns = Turns(2)
    greedy = [asyncio.create_task(turns.take("greedy")) for _ in range(5)]
    await settled()
    assert [task.done() for task in greedy] == [True, True, False, False, False]
    await asyncio.wait_for(turns.take("other"), 1)
    turns.give_back("greedy")
    await settled()
    assert [task.done() for task in greedy] == [True, True, True, False, False]
    for task in greedy:
        task.cancel()


async def test_who_has_fewer_goes_first_when_a_turn_is_free() -> None:
    turns = Turns(1)
    for at in range(OWNERS_AT_ONCE):
        await turns.take(f"owner {at}")
    again, new = asyncio.create_task(turns.take("owner 0")), asyncio.create_task(turns.take("new"))
    await settled()
    turns.give_back("owner 1")
    await settled()
    assert (again.done(), new.done()) == (False, True)
    again.cancel()


async def test_a_turn_that_came_too_late_goes_to_the_next() -> None:
    turns = Turns(1)
    await turns.take("a")
    gone, next_one = asyncio.create_task(turns.take("a")), asyncio.create_task(turns.take("a"))
    await settled()
    turns.give_back("a")
    gone.cancel()
    await asyncio.wait_for(next_one, 1)
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_who_leaves_in_the_moment_that_a_turn_is_free_takes_none_along() -> None:
    turns = Turns(1)
    await turns.take("a")
    gone, next_one = asyncio.create_task(turns.take("a")), asyncio.create_task(turns.take("a"))
    await settled()
    gone.cancel()
    turns.give_back("a")
    await asyncio.wait_for(next_one, 1)
    with pytest.raises(asyncio.CancelledError):
        await gone
    turns.give_back("a")
    await asyncio.wait_for(turns.take("a"), 1)


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.booleans()), max_size=60), st.integers(1, 3))
def test_keeps_its_limits_and_ends_with_nobody_waiting(events: list[tuple[str, bool]], each: int) -> None:
    async def play() -> None:
        turns = Turns(each)
        asked: list[tuple[str, asyncio.Task[None]]] = []
        for owner, arrives in events:
            holding = [(who, task) for who, task in asked if task.done()]
            if arrives or not holding:
                asked.append((owner, asyncio.create_task(turns.take(owner))))
            else:
                asked.remove(holding[0])
                turns.give_back(holding[0][0])
            await settled()
            held = [who for who, task in asked if task.done()]
            assert len(held) <= each * OWNERS_AT_ONCE
            assert all(held.count(who) <= each for who in held)
        while asked:
            done = [(who, task) for who, task in asked if task.done()]
            assert done
            asked.remove(done[0])
            turns.give_back(done[0][0])
            await settled()

    asyncio.run(play())
