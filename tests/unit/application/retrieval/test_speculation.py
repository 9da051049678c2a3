"""Asking all at once changes when answers come, never what is made of them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.knowledge import Search
from domain.errors import Unavailable
from domain.executions.context import RetrievalBudget
from domain.knowledge.findings import Findings
from domain.knowledge.match import Match
from domain.values.json import JsonObject
from tests.fakes.knowledge import Answer, FakeSearch, MeetingSearch, a_match
from tests.unit.application.retrieval.looking import branches, chunks, retrieved

QUERIES = "abcd"


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
async def test_all_branches_search_at_the_same_time_and_the_first_to_end_has_no_advantage(order: str) -> None:
    answers = {"a": [[a_match(1, 0.1)]], "b": [[a_match(2, 0.3)]], "c": [[a_match(3, 0.2)]]}
    selected = {"merge": [2, 3, 1], "best-score": [2], "first-non-empty": [1], "adaptive": [3]}
    for strategy, expected in selected.items():
        search = MeetingSearch(answers, parties=3, order=order)
        config = branches(*"abc", strategy=strategy, speculative="true", preferredRetrieverMemoryKey="pref")
        async with asyncio.timeout(10):
            found = await retrieved(config, search=search, memory={"pref": "c"})
        assert search.queries == list(order)
        assert chunks(found) == expected
        told: Any = found.value["orchestration"]
        assert told["speculative"] is True
        assert sorted(told["retrieversTried"]) == ["a", "b", "c"]


async def test_retries_of_one_branch_do_not_hold_up_the_others() -> None:
    down = Unavailable("down")
    search = MeetingSearch({"a": [down, [a_match(1)]], "b": [down, [a_match(2)]]}, parties=2)
    config = branches(*"ab", strategy="merge", speculative=True, maxRetries=1)
    async with asyncio.timeout(10):
        found = await retrieved(config, search=search)
    assert chunks(found) == [1, 2]
    assert [(each.retriever_key, each.attempt) for each in found.events] == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]


async def test_stopping_the_run_stops_every_branch() -> None:
    ended: list[str] = []

    class Endless(FakeSearch):
        async def search(self, wanted: Search) -> Findings:
            self.asked.append(wanted)
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(wanted.query)
            return Findings()

    search = Endless()
    task = asyncio.create_task(retrieved(branches(*"ab", speculative=True, strategy="merge"), search=search))
    while len(search.asked) < 2:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(ended) == ["a", "b"]


async def test_branches_that_run_at_once_cannot_spend_more_than_there_is() -> None:
    search = FakeSearch({query: [[a_match(at)]] for at, query in enumerate(QUERIES)})
    config = branches(*QUERIES, strategy="merge", speculative=True)
    found = await retrieved(config, search=search, retrieval=RetrievalBudget(max_requests=3))
    assert len(search.asked) == 3
    assert found.patch.retrieval is not None
    assert found.patch.retrieval.total_requests == 3
    assert [each.status.value for each in found.events] == ["success"] * 3 + ["failed"]
    assert found.events[-1].error == "Retrieval budget exhausted (3/3 requests)"


class SlowSearch(FakeSearch):
    """Takes as many turns of the event loop as a query's number says."""

    def __init__(self, answers: Mapping[str, Sequence[Answer]], turns: Mapping[str, int]) -> None:
        super().__init__(answers)
        self._turns = turns

    async def search(self, wanted: Search) -> Findings:
        for _ in range(self._turns.get(wanted.query, 0)):
            await asyncio.sleep(0)
        return await super().search(wanted)


def _best_first(matches: list[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: -match.score)


MATCHES = st.lists(
    st.builds(a_match, st.integers(1, 6), st.sampled_from([0.1, 0.5, 0.9])),
    max_size=4,
    unique_by=lambda match: match.chunk_id,
).map(_best_first)
ANSWERS = st.one_of(MATCHES, st.just(Unavailable("down")))
CONFIGS = st.fixed_dictionaries(
    {
        "strategy": st.sampled_from(["single", "merge", "best-score", "first-non-empty", "adaptive"]),
        "minMatches": st.integers(0, 3),
        "maxRetries": st.integers(0, 2),
        "fallbackQuery": st.sampled_from(["", "a", "f"]),
        "topK": st.integers(1, 4),
    }
)


@given(
    prepared=st.fixed_dictionaries(dict.fromkeys(QUERIES, ANSWERS)),
    config=CONFIGS,
    preferred=st.sampled_from(QUERIES),
    turns=st.fixed_dictionaries(dict.fromkeys(QUERIES, st.integers(0, 5))),
)
async def test_speculation_selects_what_patience_would(
    prepared: dict[str, Answer], config: JsonObject, preferred: str, turns: dict[str, int]
) -> None:
    """As long as the budget lasts. Each query has one answer: nobody can see how often others asked it."""
    answers = {query: [each] for query, each in prepared.items()}
    whole = branches(*QUERIES, **config, failOnError=False, preferredRetrieverMemoryKey="pref")
    memory = {"pref": preferred}
    patient = await retrieved({**whole, "speculative": False}, search=FakeSearch(answers), memory=memory)
    hasty = await retrieved({**whole, "speculative": True}, search=SlowSearch(answers, turns), memory=memory)
    assert {key: hasty.value[key] for key in ("query", "topK", "matches")} == {
        key: patient.value[key] for key in ("query", "topK", "matches")
    }
    assert _chosen(hasty.value) == _chosen(patient.value)
    assert set(patient.events) <= set(hasty.events)
    assert [each for each in hasty.events if each.selected] == [each for each in patient.events if each.selected]


def _chosen(value: JsonObject) -> Any:
    told: Any = value["orchestration"]
    return told.get("selectedRetrieverKey")
