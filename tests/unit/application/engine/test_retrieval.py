"""What is looked up before a node runs: handed to it, paid for by the run, and on record whatever comes of it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from application.nodes.node import NodeContext, NodeFailed, NodeMisconfigured, NodeOutput
from application.ports.knowledge import Ingested, Ingestion, Search
from domain.errors import Unavailable
from domain.executions.context import RetrievalBudget
from domain.executions.limits import RunLimits
from domain.knowledge.findings import Findings
from domain.values.json import JsonObject
from tests.fakes.knowledge import FakeKnowledge, FakeSearch, MeetingSearch, a_match
from tests.unit.application.engine.players import Writer, a_type, with_types
from tests.unit.application.engine.stage import LEASE, Record, Stage, drawn, node, when

DOWN = Unavailable("down")
FOUND = a_match(1, 0.9)


def tides() -> FakeSearch:
    return FakeSearch({"tides": [[FOUND]]})


def events(record: Record) -> list[tuple[str, str, str]]:
    """Oldest first."""
    shown: list[dict[str, Any]] = record.whole["retrievalEvents"][::-1]
    return [(each["nodeId"], each["query"], each["status"]) for each in shown]


async def test_a_node_finds_in_its_input_what_was_looked_up_for_it() -> None:
    graph = drawn(node("ask", retrieval={"queryTemplate": "{{q}}"}), node("after", "log"))
    record = await Stage(search=tides()).ran(graph, {"q": "tides"})
    assert record.status == ("completed", None)
    assert record.step("ask")["input"]["q"] == "tides"
    assert record.step("ask")["input"]["_knowledge"]["matches"] == [FOUND.described()]
    assert record.step("after")["input"]["_knowledge"]["query"] == "tides"
    assert record.state["knowledge"]["retrieval.ask"]["matches"][0]["chunkId"] == str(FOUND.chunk_id)
    assert record.state["retrieval"]["totalSuccesses"] == 1
    assert events(record) == [("ask", "tides", "success")]


async def test_what_was_looked_up_comes_last_into_the_input() -> None:
    graph = drawn(node("ask", retrieval={"query": "tides", "injectAs": "facts"}))
    record = await Stage(search=tides()).ran(graph, {"facts": "of the payload"})
    assert record.step("ask")["input"]["facts"]["query"] == "tides"


async def test_a_query_may_name_the_output_of_any_earlier_node() -> None:
    cut = a_type("cut", lambda received, context: NodeOutput.of({"other": 1}))
    graph = drawn(node("first"), node("cut", "cut"), node("ask", retrieval={"query": "{{_nodes.first.word}}"}))
    search = tides()
    await Stage(search=search, catalogue=with_types(cut)).ran(graph, {"word": "tides"})
    assert search.queries == ["tides"]


async def test_asks_for_the_owner_of_the_run_and_in_its_own_scope() -> None:
    search = tides()
    stage = Stage(search=search)
    run = stage.accept(drawn(node("ask", retrieval={"query": "tides", "scopeType": "execution"})))
    await stage.engine(await stage.claim())
    assert search.asked[0].owner_id == stage.owner.id
    assert search.asked[0].scope.execution_id == run.id


async def test_too_little_fails_the_node_before_its_first_attempt() -> None:
    graph = drawn(node("ask", retrieval={"query": "nothing"}), node("after"))
    record = await Stage(search=tides()).ran(graph, {"a": 1})
    step = record.step("ask")
    assert (step["status"], step["input"], step["output"]) == ("failed", {}, None)
    assert step["error"] == "Retrieval found 0 matches, wanted are at least 1"
    assert record.statuses["after"] == "skipped"
    assert events(record) == [("ask", "nothing", "empty")]
    assert record.state["retrieval"]["totalEmpties"] == 1


async def test_a_failure_to_look_something_up_can_be_provided_for() -> None:
    graph = drawn(node("ask", retrieval={"query": "nothing"}, onError="continue"), node("after"))
    record = await Stage(search=tides()).ran(graph)
    assert record.statuses == {"ask": "failed", "after": "completed"}


async def test_nothing_is_looked_up_where_it_is_switched_off_or_the_branch_is_not_taken() -> None:
    search = tides()
    graph = drawn(
        node("start", retrieval={"query": "tides", "enabled": "false"}),
        node("untaken", retrieval={"query": "tides", "topK": 99}),
        edges=(when("start", "untaken", "never"),),
    )
    record = await Stage(search=search).ran(graph)
    assert record.statuses == {"start": "completed", "untaken": "skipped"}
    assert search.asked == []


async def test_a_faulty_config_fails_the_node_before_anything_is_asked() -> None:
    search = tides()
    record = await Stage(search=search).ran(drawn(node("ask", retrieval={"query": "tides", "topK": "99"})))
    assert record.step("ask")["error"] == (
        'Node "ask" (output) validation failed: retrieval: "topK" must be between 1 and 50'
    )
    assert search.asked == []


async def test_attempts_at_a_node_share_what_was_looked_up_once() -> None:
    given: list[JsonObject] = []

    def breaking_once(received: JsonObject, context: NodeContext) -> NodeOutput:
        given.append(received)
        if len(given) == 1:
            raise NodeFailed("not yet")
        return NodeOutput.of({})

    search = tides()
    graph = drawn(node("ask", "shaky", retryEnabled=True, retrieval={"query": "tides"}))
    await Stage(search=search, catalogue=with_types(a_type("shaky", breaking_once))).ran(graph)
    assert search.queries == ["tides"]
    assert given[0] == given[1]


async def test_work_that_is_made_anew_is_looked_up_anew_and_both_are_on_record() -> None:
    writer = Writer(["ab", "abcdef"])
    search = FakeSearch({"tides": [[FOUND], [a_match(2, 0.5)]]})
    stage = Stage(search=search, catalogue=with_types(a_type("writer", writer)))
    graph = drawn(
        node("write", "writer", retrieval={"query": "tides"}),
        node("judge", "evaluation", minLength=5, requestRetryOnFail=True),
    )
    run = stage.accept(graph)
    await stage.engine(await stage.claim())
    record = await stage.record_of(run)
    found: list[Any] = [each["_knowledge"] for each in writer.given]
    assert [each["matches"][0]["chunkIndex"] for each in found] == [1, 2]
    assert events(record) == [("write", "tides", "success")] * 2
    assert record.state["retrieval"]["totalRequests"] == 2
    rounds = [*stage.store.rows.superseded[run.id], *stage.store.rows.steps[run.id]]
    written = [(step.round, len(step.retrievals)) for step in rounds if step.node_id == "write"]
    assert written == [(1, 1), (2, 1)]


async def test_the_nodes_of_a_wave_cannot_together_spend_more_than_the_run_may() -> None:
    retrieval = {"query": "tides", "failOnError": False}
    graph = drawn(*(node(f"ask {at}", retrieval=retrieval) for at in range(3)), edges=())
    search = tides()
    record = await Stage(search=search, budget=RetrievalBudget(max_requests=2)).ran(graph)
    assert search.queries == ["tides"] * 2
    assert record.state["retrieval"]["totalRequests"] == 2
    assert [status for _, _, status in events(record)] == ["success", "success", "failed"]


async def test_knowledge_nodes_of_a_wave_take_their_turn() -> None:
    graph = drawn(
        node("keep", "knowledge-ingest", contentTemplate="the tides"),
        node("find", "knowledge-retrieve", queryTemplate="tides"),
        node("more", "knowledge-retrieve", queryTemplate="tides"),
        edges=(),
    )
    record = await Stage(budget=RetrievalBudget(max_requests=1)).ran(graph)
    corpus = record.output("keep")["_knowledgeIngestion"]["corpusId"]
    assert [(each["nodeId"], each["status"], each["corpusId"]) for each in record.whole["retrievalEvents"][::-1]] == [
        ("find", "success", corpus),
        ("more", "failed", corpus),
    ]


async def test_documents_are_kept_by_one_node_after_the_other() -> None:
    class Counting(FakeKnowledge):
        at_work = most = 0

        async def ingest(self, ingestion: Ingestion) -> Sequence[Ingested]:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
            await asyncio.sleep(0)
            self.at_work -= 1
            return await super().ingest(ingestion)

    knowledge = Counting()
    nodes = (node(f"keep {at}", "knowledge-ingest", contentTemplate=str(at)) for at in range(3))
    record = await Stage(knowledge=knowledge).ran(drawn(*nodes, edges=()))
    assert record.status == ("completed", None)
    assert knowledge.most == 1


async def test_what_a_knowledge_node_looks_up_comes_on_top_of_what_was_looked_up_for_it() -> None:
    graph = drawn(node("find", "knowledge-retrieve", queryTemplate="tides", retrieval={"query": "tides"}))
    record = await Stage(search=tides()).ran(graph)
    assert record.state["retrieval"]["totalRequests"] == 2
    assert len(events(record)) == 2


async def test_a_failed_knowledge_node_has_spent_what_it_spent() -> None:
    graph = drawn(node("find", "knowledge-retrieve", queryTemplate="nothing", failOnEmpty=True))
    record = await Stage(search=tides()).ran(graph)
    assert record.statuses == {"find": "failed"}
    assert record.state["retrieval"]["totalEmpties"] == 1
    assert events(record) == [("find", "nothing", "empty")]


async def test_a_script_that_turns_out_wrong_does_not_undo_what_was_looked_up() -> None:
    def misread(received: JsonObject, context: NodeContext) -> NodeOutput:
        raise NodeMisconfigured("no such thing")

    stage = Stage(search=tides(), catalogue=with_types(a_type("odd", misread)))
    record = await stage.ran(drawn(node("ask", "odd", retrieval={"query": "tides"})))
    assert str(record.step("ask")["error"]).endswith("no such thing")
    assert events(record) == [("ask", "tides", "success")]


async def test_branches_of_one_node_search_at_the_same_time() -> None:
    search = MeetingSearch({"tides": [[FOUND]], "moon": [[a_match(2, 0.5)]]}, parties=2)
    retrieval = {"speculative": True, "strategy": "merge", "retrievers": [{"query": "tides"}, {"query": "moon"}]}
    async with asyncio.timeout(10):
        record = await Stage(search=search).ran(drawn(node("ask", retrieval=retrieval)))
    assert len(record.step("ask")["input"]["_knowledge"]["matches"]) == 2


async def test_every_attempt_of_a_knowledge_node_is_on_record_and_paid_for() -> None:
    search = FakeSearch({"tides": [DOWN, [FOUND]]})
    graph = drawn(node("find", "knowledge-retrieve", queryTemplate="tides", failOnError=True, retryEnabled=True))
    record = await Stage(search=search).ran(graph)
    assert record.status == ("completed", None)
    assert events(record) == [("find", "tides", "failed"), ("find", "tides", "success")]
    spent = record.state["retrieval"]
    assert (spent["totalRequests"], spent["totalFailures"], spent["totalSuccesses"]) == (2, 1, 1)


async def test_a_run_that_goes_on_elsewhere_knows_what_it_has_spent() -> None:
    class Dying(FakeSearch):
        async def search(self, wanted: Search) -> Findings:
            if self.asked:
                raise asyncio.CancelledError
            return await super().search(wanted)

    retrieval = {"query": "tides", "failOnError": False}
    stage = Stage(search=Dying({"tides": [[FOUND]]}), budget=RetrievalBudget(max_requests=2))
    run = stage.accept(drawn(*(node(name, retrieval=retrieval) for name in ("one", "two", "three"))))
    with pytest.raises(asyncio.CancelledError):
        await stage.engine(await stage.claim("w1"))
    stage.clock.advance(LEASE + timedelta(seconds=1))
    stage.search = tides()
    await stage.engine(await stage.claim("w2"))
    record = await stage.record_of(run)
    statuses = [(name, status) for name, _, status in events(record)]
    assert statuses == [("one", "success"), ("two", "success"), ("three", "failed")]


async def test_looking_up_may_not_take_longer_than_a_node() -> None:
    class Endless(FakeSearch):
        async def search(self, wanted: Search) -> Findings:
            await asyncio.Event().wait()
            return Findings()

    record = await Stage(search=Endless(), limits=RunLimits(node_seconds=0.01)).ran(
        drawn(node("ask", retrieval={"query": "tides"}))
    )
    assert record.step("ask")["error"] == "Retrieval took longer than a node or the run may"


async def test_more_than_a_step_may_receive_fails_the_node_with_the_search_on_record() -> None:
    record = await Stage(search=tides(), limits=RunLimits(step_bytes=200)).ran(
        drawn(node("ask", retrieval={"query": "tides"}))
    )
    assert str(record.step("ask")["error"]).startswith("What it receives is larger")
    assert events(record) == [("ask", "tides", "success")]
    assert record.state["retrieval"]["totalRequests"] == 1
