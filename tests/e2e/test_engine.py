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
