"""Neither requests nor failures ever exceed what a run may spend, however many ask at once."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.retrieval.budget import Spending
from domain.executions.context import RetrievalBudget
from domain.executions.retrieval import RetrievalStatus

S, E, F = RetrievalStatus.SUCCESS, RetrievalStatus.EMPTY, RetrievalStatus.FAILED


async def test_counts_each_attempt_once_under_what_became_of_it() -> None:
    spending = Spending(RetrievalBudget())
    for status in (S, S, E, F):
        assert await spending.reserve() is None
        spending.settle(status, 7)
    assert spending.budget == RetrievalBudget(
        total_requests=4, total_successes=2, total_empties=1, total_failures=1, total_duration_ms=28
    )


@pytest.mark.parametrize(
    ("spent", "refusal"),
    [
        ({"total_requests": 64}, "64/64 requests"),
        ({"total_failures": 32}, "32/32 failures"),
        ({"total_duration_ms": 120_001}, "120001/120000 ms"),
    ],
)
async def test_says_what_is_used_up(spent: dict[str, int], refusal: str) -> None:
    budget = replace(RetrievalBudget(), **spent)
    spending = Spending(budget)
    assert await spending.reserve() == f"Retrieval budget exhausted ({refusal})"
    assert spending.budget == budget


async def test_a_request_in_flight_is_already_spent() -> None:
    spending = Spending(RetrievalBudget(max_requests=1))
    assert await spending.reserve() is None
    assert await spending.reserve() is not None


async def test_waits_while_those_in_flight_might_use_up_the_failures() -> None:
    spending = Spending(RetrievalBudget(max_failures=1))
    assert await spending.reserve() is None
    waiting = asyncio.create_task(spending.reserve())
    await asyncio.sleep(0)
    assert not waiting.done()
    spending.settle(S, 1)
    assert await waiting is None


async def test_those_who_waited_hear_that_the_failures_are_used_up() -> None:
    spending = Spending(RetrievalBudget(max_failures=1))
    await spending.reserve()
    waiting = [asyncio.create_task(spending.reserve()) for _ in range(3)]
    await asyncio.sleep(0)
    spending.settle(F, 1)
    assert {await each for each in waiting} == {"Retrieval budget exhausted (1/1 failures)"}


@given(
    st.lists(st.tuples(st.sampled_from([S, E, F]), st.integers(0, 5)), max_size=30),
    st.integers(1, 12),
    st.integers(1, 6),
)
async def test_never_spends_more_than_there_is(
    attempts: list[tuple[RetrievalStatus, int]], requests: int, failures: int
) -> None:
    spending = Spending(RetrievalBudget(max_requests=requests, max_failures=failures))
    made = []

    async def attempt(status: RetrievalStatus, steps: int) -> None:
        if await spending.reserve() is not None:
            return
        made.append(status)
        for _ in range(steps):
            await asyncio.sleep(0)
        spending.settle(status, 1)

    await asyncio.gather(*(attempt(*each) for each in attempts))
    budget = spending.budget
    assert budget.total_requests == len(made) <= requests
    assert budget.total_failures == made.count(F) <= failures
    assert budget.total_successes + budget.total_empties + budget.total_failures == budget.total_requests
    if budget.total_failures < failures:
        assert len(made) == min(len(attempts), requests)
