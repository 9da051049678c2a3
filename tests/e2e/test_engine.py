"""What the engine promises about graphs, seen from outside."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.drawings import chain, node, node_id
from tests.e2e.person import Person
from tests.live import LiveRex


@pytest.fixture(scope="module")
def rex() -> Iterator[LiveRex]:
    with LiveRex.fresh(REX_OUTGOING_ALLOW="127.0.0.1") as rex:
        yield rex


@contextmanager
def answering_together(count: int) -> Iterator[str]:
    """A server that answers nobody before so many ask at the same time."""
    meeting = threading.Barrier(count)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                meeting.wait(timeout=10)
                self.send_response(204)
            except threading.BrokenBarrierError:
                self.send_response(500)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def fan(*middle: dict[str, Any]) -> dict[str, Any]:
    start, end = node("start", "manual-trigger"), node("end", "output")
    links = [(start, each) for each in middle] + [(each, end) for each in middle]
    edges = [{"id": str(uuid4()), "source": one["id"], "target": other["id"]} for one, other in links]
    return {"name": "A fan", "nodes": [start, *middle, end], "edges": edges}


def test_calls_that_do_not_depend_on_each_other_are_made_at_the_same_time(rex: LiveRex) -> None:
    ada = Person(rex.url)
    with answering_together(5) as url:
        calls = [node(f"call {at}", "http-request", url=url) for at in range(5)]
        record = ada.follows(ada.starts(ada.draws(fan(*calls))))
    assert record["status"] == "completed"
    names = ["start", *(f"call {at}" for at in range(5)), "end"]
    assert [step["nodeId"] for step in record["steps"]] == [node_id(name) for name in names]


def test_a_rejected_text_is_written_again_and_the_record_says_why(rex: LiveRex) -> None:
    ada = Person(rex.url)
    drawing = chain(
        node("start", "manual-trigger"),
        node("write", "code", code="return {content: input._retry ? 'a good long answer' : 'short'}"),
        node("judge", "evaluation", minLength="10", requestRetryOnFail="true"),
        node("end", "output"),
    )
    record = ada.follows(ada.starts(ada.draws(drawing)))
    assert record["status"] == "completed"
    _, write, judge, end = record["steps"]
    assert end["output"]["content"] == "a good long answer"
    assert judge["output"]["_evaluation"]["passed"] is True
    attempts = [(each["attempt"], each["status"]) for each in write["output"]["_attempts"]]
    assert attempts == [(1, "retry"), (2, "completed")]
    assert "wanted is at least 10" in write["output"]["_attempts"][0]["reason"]
    listed = ada.asks("GET", f"/api/executions/{record['id']}/step-attempts?status=retry").json()
    assert listed["meta"]["total"] == 2


def test_a_failure_that_the_graph_provides_for_does_not_end_the_run(rex: LiveRex) -> None:
    ada = Person(rex.url)
    drawing = chain(
        node("start", "manual-trigger"),
        node("bad", "code", code="throw new Error('no luck')", onError="continue"),
        node("end", "output"),
    )
    record = ada.follows(ada.starts(ada.draws(drawing)))
    assert [step["status"] for step in record["steps"]] == ["completed", "failed", "completed"]
    assert record["status"] == "completed"
    assert "no luck" in record["steps"][2]["input"]["_error"]["message"]


def test_what_one_node_keeps_another_finds_and_every_look_is_on_record(rex: LiveRex) -> None:
    ada = Person(rex.url)
    drawing = chain(
        node("start", "manual-trigger"),
        node("keep", "knowledge-ingest", documentsPath="documents", required="true"),
        node("find", "knowledge-retrieve", queryPath="query", topK="1", failOnEmpty="true", scopeType="workflow"),
        node(
            "ask",
            "code",
            code="return {kept: input._knowledge.matches[0].title, asked: input.facts.matches.map(m => m.title)}",
            retrieval={
                "injectAs": "facts",
                "speculative": "true",
                "strategy": "merge",
                "topK": "2",
                "retrievers": [
                    {"key": "semantic", "queryTemplate": "{{query}}"},
                    {"key": "keyword", "query": "moon {{nowhere}}"},
                ],
            },
        ),
    )
    documents = [
        {"title": "Ferry", "text": "The ferry to the island leaves at seven in the morning."},
        {"title": "Tides", "content": "Tides follow the moon."},
        {"title": "Nothing"},
    ]
    workflow_id = ada.draws(drawing)
    record = ada.follows(ada.starts(workflow_id, {"documents": documents, "query": "When is the ferry?"}))
    assert (record["status"], record["errorMessage"]) == ("completed", None)
    _, keep, _, ask = record["steps"]
    assert keep["output"]["_knowledgeIngestion"]["ingestedCount"] == 2
    assert [each["sourceIndex"] for each in keep["output"]["_knowledgeIngestion"]["unusable"]] == [2]
    assert ask["output"]["kept"] == "Ferry"
    assert sorted(ask["output"]["asked"]) == ["Ferry", "Tides"]
    assert _looks(ada, record["id"]) == [
        (node_id("find"), "default", 1, "success", True),
        (node_id("ask"), "semantic", 1, "success", True),
        (node_id("ask"), "keyword", 2, "success", True),
    ]
    assert len(_looks(ada, record["id"], "?strategy=merge")) == 2
    first = record["retrievalEvents"][-1]
    assert (first["scopeType"], first["workflowIdScope"], first["query"]) == (
        "workflow",
        workflow_id,
        "When is the ferry?",
    )
    assert first["corpusId"] == keep["output"]["_knowledgeIngestion"]["corpusId"]


def test_a_text_that_is_written_again_is_looked_up_again(rex: LiveRex) -> None:
    ada = Person(rex.url)
    drawing = chain(
        node("start", "manual-trigger"),
        node(
            "write",
            "code",
            code="return {content: input._retry ? 'a good long answer' : 'short'}",
            retrieval={"query": "{{_retry.attempt}}", "failOnError": "false"},
        ),
        node("judge", "evaluation", minLength="10", requestRetryOnFail="true"),
    )
    record = ada.follows(ada.starts(ada.draws(drawing)))
    assert record["status"] == "completed"
    asked = [each["query"] for each in record["retrievalEvents"][::-1]]
    assert asked == ["{{_retry.attempt}}", "2"]


def test_a_node_for_which_nothing_is_found_fails_and_says_so(rex: LiveRex) -> None:
    ada = Person(rex.url, "ada.of.no.documents@example.com")
    drawing = chain(node("start", "manual-trigger"), node("end", "output", retrieval={"query": "{{query}}"}))
    record = ada.follows(ada.starts(ada.draws(drawing), {"query": "zzzz"}))
    assert record["status"] == "failed"
    assert record["errorMessage"].endswith("failed: Retrieval found 0 matches, wanted are at least 1")
    assert _looks(ada, record["id"]) == [(node_id("end"), "primary", 1, "empty", False)]


def test_saving_names_what_is_wrong_with_what_a_node_wants_to_look_up(rex: LiveRex) -> None:
    ada = Person(rex.url)
    drawing = chain(node("end", "output", retrieval={"query": "q", "retrievers": [{"topK": "many"}]}))
    answer = ada.asks("POST", "/api/workflows", drawing).json()
    warning = {"path": ["nodes", 0, "config", "retrieval", "retrievers", 0, "topK"], "code": "wrong_type"}
    assert warning.items() <= answer["meta"]["warnings"][0].items()


def _looks(ada: Person, execution_id: str, chosen: str = "") -> list[tuple[str, str, int, str, bool | None]]:
    """Oldest first."""
    listed = ada.asks("GET", f"/api/executions/{execution_id}/retrieval-events{chosen}").json()["data"]
    told = ("nodeId", "retrieverKey", "branchIndex", "status", "selected")
    return [tuple(each[name] for name in told) for each in listed[::-1]]
