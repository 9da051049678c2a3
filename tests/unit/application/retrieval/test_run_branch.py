"""One branch: errors are tried again, too little goes on to the fallback, nothing is asked twice in vain."""

import asyncio
from datetime import timedelta
from typing import Any

from application.ports.knowledge import Search
from domain.errors import Unavailable
from domain.executions.context import RetrievalBudget
from domain.executions.retrieval import RetrievalEvent, Strategy
from domain.knowledge.findings import Findings
from domain.knowledge.scope import Scope, ScopeType
from domain.values.json import JsonObject
from tests.fakes.clock import FakeClock
from tests.fakes.knowledge import FakeSearch, a_match
from tests.unit.application.nodes.running import EXECUTION_ID, NOW, OWNER_ID, KeptLog
from tests.unit.application.retrieval.looking import chunks, failure, retrieved

DOWN = Unavailable("The index is down")
ONE, TWO, THREE = a_match(1, 0.9), a_match(2, 0.8), a_match(3, 0.7)


def attempts(events: tuple[RetrievalEvent, ...]) -> list[tuple[str, int, int, str, int]]:
    return [(each.query, each.attempt, each.max_attempts, each.status.value, each.matches_count) for each in events]


async def test_asks_for_the_owner_of_the_run_and_records_what_was_asked() -> None:
    search, clock = FakeSearch({"q": [[ONE, TWO]]}), FakeClock(NOW)
    config: JsonObject = {"query": "q", "topK": 4, "scopeType": "execution"}
    found = await retrieved(config, search=search, clock=clock)
    [asked] = search.asked
    scope = Scope(type=ScopeType.EXECUTION, execution_id=EXECUTION_ID)
    assert (asked.owner_id, asked.query, asked.top_k, asked.scope) == (OWNER_ID, "q", 4, scope)
    [event] = found.events
    assert event == RetrievalEvent(
        query="q",
        top_k=4,
        attempt=1,
        max_attempts=1,
        status=event.status,
        matches_count=2,
        duration_ms=0,
        error=None,
        scope=scope,
        strategy=Strategy.SINGLE,
        retriever_key="primary",
        branch_index=1,
        selected=True,
        created_at=NOW,
    )
    assert event.status == "success"


async def test_measures_how_long_each_search_took() -> None:
    clock = FakeClock()
    search = FakeSearch({"q": [DOWN, [ONE]]}, taking=lambda: clock.advance(timedelta(milliseconds=30)))
    found = await retrieved({"query": "q", "maxRetries": 1, "retryDelayMs": 500}, search=search, clock=clock)
    assert [each.duration_ms for each in found.events] == [30, 30]
    assert clock.slept == [0.5]


async def test_says_where_a_search_could_not_look_as_it_should() -> None:
    search = FakeSearch({"q": [Findings(matches=[ONE], warnings=["searched by words alone: no connection"])]})
    found = await retrieved({"query": "q"}, search=search)
    matches: Any = found.value["matches"]
    assert len(matches) == 1
    assert found.value["warnings"] == ['Retriever "primary": searched by words alone: no connection']


async def test_tries_again_after_errors_and_waits_between() -> None:
    search, clock = FakeSearch({"q": [DOWN, DOWN, [ONE]]}), FakeClock()
    found = await retrieved({"query": "q", "maxRetries": 3, "retryDelayMs": 20}, search=search, clock=clock)
    assert attempts(found.events) == [("q", 1, 4, "failed", 0), ("q", 2, 4, "failed", 0), ("q", 3, 4, "success", 1)]
    assert [each.error for each in found.events] == ["The index is down", "The index is down", None]
    assert [each.selected for each in found.events] == [None, None, True]
    assert clock.slept == [0.02, 0.02]
    assert "warnings" not in found.value


async def test_does_not_wait_after_the_last_error() -> None:
    clock = FakeClock()
    failed = await failure(
        {"query": "q", "maxRetries": 1, "retryDelayMs": 20}, search=FakeSearch({"q": [DOWN]}), clock=clock
    )
    assert clock.slept == [0.02]
    assert "The index is down" in str(failed)


async def test_what_found_too_little_is_not_asked_again_but_the_fallback_is() -> None:
    search = FakeSearch({"q": [[]], "other": [[ONE]]})
    found = await retrieved({"query": "q", "fallbackQuery": "other", "maxRetries": 5}, search=search)
    assert attempts(found.events) == [("q", 1, 6, "empty", 0), ("other", 1, 1, "success", 1)]
    assert [each.selected for each in found.events] == [False, True]
    assert (found.value["query"], chunks(found)) == ("other", [1])


async def test_the_fallback_is_asked_after_errors_too_and_once_only() -> None:
    search = FakeSearch({"q": [DOWN], "other": [DOWN]})
    failed = await failure(
        {"query": "q", "fallbackQueryTemplate": "{{b}}", "maxRetries": 1}, {"b": "other"}, search=search
    )
    assert search.queries == ["q", "q", "other"]
    assert attempts(failed.retrievals)[-1] == ("other", 1, 1, "failed", 0)


async def test_the_fallback_is_not_asked_where_enough_was_found() -> None:
    search = FakeSearch({"q": [[ONE]], "other": [[TWO]]})
    assert chunks(await retrieved({"query": "q", "fallbackQuery": "other"}, search=search)) == [1]
    assert search.queries == ["q"]


async def test_a_fallback_that_says_the_same_is_no_other_question() -> None:
    search = FakeSearch()
    await failure({"query": "q", "fallbackQuery": " q "}, search=search)
    assert search.queries == ["q"]


async def test_keeps_whichever_query_found_most_where_none_found_enough() -> None:
    config: JsonObject = {"query": "q", "fallbackQuery": "other", "minMatches": 3, "failOnError": False}
    found = await retrieved(config, search=FakeSearch({"q": [[ONE, TWO]], "other": [[THREE]]}))
    assert attempts(found.events) == [("q", 1, 1, "empty", 2), ("other", 1, 1, "empty", 1)]
    assert [each.selected for each in found.events] == [True, False]
    assert (found.value["query"], chunks(found)) == ("q", [1, 2])
    assert found.value["warnings"] == ["Retrieval found 2 matches, wanted are at least 3"]


async def test_what_scores_too_low_was_not_found() -> None:
    config: JsonObject = {"query": "q", "minScore": 0.8, "minMatches": 2}
    found = await retrieved(config, search=FakeSearch({"q": [[ONE, TWO, THREE]]}))
    assert chunks(found) == [1, 2]
    failed = await failure({**config, "minScore": 0.85}, search=FakeSearch({"q": [[ONE, TWO, THREE]]}))
    assert attempts(failed.retrievals) == [("q", 1, 1, "empty", 1)]


async def test_may_be_content_with_nothing() -> None:
    found = await retrieved({"query": "q", "minMatches": 0}, search=FakeSearch())
    assert attempts(found.events) == [("q", 1, 1, "success", 0)]
    assert found.events[0].selected is False


async def test_a_crash_of_the_search_is_an_error_that_tells_no_secret() -> None:
    log = KeptLog()
    failed = await failure({"query": "q"}, search=FakeSearch({"q": [RuntimeError("password=hunter2")]}), log=log)
    assert "The search crashed: RuntimeError" in str(failed)
    assert "hunter2" not in str(failed) + str(failed.retrievals) + str(log.lines)
    assert [line[:2] for line in log.lines] == [("error", "a search crashed")]


async def test_an_attempt_that_the_budget_refuses_is_on_record_and_ends_the_branch() -> None:
    budget = RetrievalBudget(total_requests=1, max_requests=2)
    search = FakeSearch({"q": [DOWN]})
    failed = await failure({"query": "q", "fallbackQuery": "other", "maxRetries": 3}, search=search, retrieval=budget)
    assert search.queries == ["q"]
    assert attempts(failed.retrievals) == [("q", 1, 4, "failed", 0), ("q", 2, 4, "failed", 0)]
    refused = failed.retrievals[-1]
    assert (refused.error, refused.selected, refused.duration_ms) == (
        "Retrieval budget exhausted (2/2 requests)",
        None,
        0,
    )
    assert failed.patch is not None
    assert failed.patch.retrieval == RetrievalBudget(total_requests=2, total_failures=1, max_requests=2)


async def test_no_search_takes_longer_than_the_budget_has_left() -> None:
    class Endless(FakeSearch):
        async def search(self, wanted: Search) -> Findings:
            await asyncio.Event().wait()
            return Findings()

    failed = await failure({"query": "q"}, search=Endless(), retrieval=RetrievalBudget(max_duration_ms=10))
    assert "longer than what is left" in str(failed)


async def test_errors_are_cleaned() -> None:
    refusal = Unavailable("api_key=abcdefghijklmnopqrstuvwx was refused")
    failed = await failure({"query": "q"}, search=FakeSearch({"q": [refusal]}))
    assert "abcdefghijkl" not in str(failed) + str(failed.retrievals)
