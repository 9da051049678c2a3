"""What a run may spend on retrieval, kept also when attempts are made at once."""

import asyncio
from dataclasses import replace

from domain.executions.context import RetrievalBudget
from domain.executions.retrieval import RetrievalStatus


class Spending:
    """Counts from one state of a budget to the next. Every attempt is reserved first and settled afterwards.

    Neither requests nor failures ever exceed their bounds. Durations are known only afterwards: attempts that are
    made at once may together take longer than what was left, each of them not.
    """

    def __init__(self, budget: RetrievalBudget) -> None:
        self._budget = budget
        self._in_flight = 0
        self._settled = asyncio.Event()

    @property
    def budget(self) -> RetrievalBudget:
        """The budget as it stands."""
        return self._budget

    @property
    def seconds_left(self) -> float:
        return (self._budget.max_duration_ms - self._budget.total_duration_ms) / 1000

    async def reserve(self) -> str | None:
        """Take one request, or say why there is none to take.

        Waits while the attempts in flight might fail and so use up the budget.
        """
        while (refusal := _exhausted(self._budget)) is None:
            if self._budget.total_failures + self._in_flight < self._budget.max_failures:
                self._in_flight += 1
                self._budget = replace(self._budget, total_requests=self._budget.total_requests + 1)
                return None
            await self._settled.wait()
        return refusal

    def settle(self, status: RetrievalStatus, duration_ms: int) -> None:
        """Give back a reservation with what became of it."""
        spent = self._budget
        self._budget = replace(
            spent,
            total_successes=spent.total_successes + (status is RetrievalStatus.SUCCESS),
            total_empties=spent.total_empties + (status is RetrievalStatus.EMPTY),
            total_failures=spent.total_failures + (status is RetrievalStatus.FAILED),
            total_duration_ms=spent.total_duration_ms + duration_ms,
        )
        self._in_flight -= 1
        settled, self._settled = self._settled, asyncio.Event()
        settled.set()


def _exhausted(budget: RetrievalBudget) -> str | None:
    if budget.total_requests >= budget.max_requests:
        return f"Retrieval budget exhausted ({budget.total_requests}/{budget.max_requests} requests)"
    if budget.total_failures >= budget.max_failures:
        return f"Retrieval budget exhausted ({budget.total_failures}/{budget.max_failures} failures)"
    if budget.total_duration_ms >= budget.max_duration_ms:
        return f"Retrieval budget exhausted ({budget.total_duration_ms}/{budget.max_duration_ms} ms)"
    return None
