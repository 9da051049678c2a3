"""Workflows that were made from templates answer questions in a running REX."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.drawings import node
from tests.e2e.person import Person
from tests.live import LiveRex
from tests.model_server import gemini_says

DOCUMENTS = [
    {"title": "Retention", "content": "Invoices are kept for ten years. Delivery notes are kept until they are paid."},
    {"title": "Travel", "content": "Journeys by train are booked by the office. Night trains need a permission."},
]
QUESTION = "How long do we keep invoices?"
PAYLOAD = {"query": QUESTION, "documents": DOCUMENTS}
LONG = "Invoices are kept for ten years, as the rules on retention say [1]. " * 3
TEMPLATES = (
    "simple-rag",
    "memory-augmented-rag",
    "agentic-rag",
    "graph-rag",
    "branched-rag",
    "self-rag",
    "adaptive-rag",
    "speculative-rag",
    "corrective-rag",
    "modular-rag",
    "multimodal-rag",
    "hyde-retrieval",
)


class Model:
    """Says the prepared texts in turn, then something long; keeps what it was asked."""

    def __init__(self) -> None:
        self.prepared: list[str] = []
        self.prompts: list[str] = []

    def answer(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.prepared.pop(0) if self.prepared else LONG

    def will_say(self, *texts: str) -> None:
        self.prepared, self.prompts = list(texts), []


@contextmanager
def serving(model: Model) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps(gemini_says(model.answer(asked["contents"][-1]["parts"][0]["text"]))).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def rex(model: Model) -> Iterator[LiveRex]:
    with serving(model) as url, LiveRex.fresh(REX_GEMINI_BASE_URL=url) as rex:
        yield rex


@pytest.fixture(scope="module")
def ada(rex: LiveRex) -> Person:
    """Has a key for the model."""
    ada = Person(rex.url)
    key = {"provider": "gemini", "key": "AIza-0123456789", "label": "mine"}
    assert ada.asks("POST", "/api/keys", key).status_code == 201
    return ada


@pytest.fixture(scope="module")
def bob(rex: LiveRex) -> Person:
    """Has no key at all."""
    return Person(rex.url, "bob@example.com")


def made(person: Person, template: str, **params: Any) -> str:
    answer = person.asks("POST", f"/api/workflow-templates/{template}/instantiate", {"params": params})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def run(person: Person, workflow: str, **payload: Any) -> dict[str, Any]:
    return person.follows(person.starts(workflow, payload or PAYLOAD))


def steps(record: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = record["steps"]
    return listed


def tries(step: dict[str, Any]) -> list[str]:
    return [each["status"] for each in step["output"]["_attempts"]]


def said(record: dict[str, Any]) -> str:
    return str(steps(record)[-1]["output"]["content"])


@pytest.mark.parametrize("template", TEMPLATES)
def test_answers_from_documents_that_come_along_without_any_key(bob: Person, template: str) -> None:
    record = run(bob, made(bob, template, workflowId="this"))
    assert (record["status"], record["errorMessage"]) == ("completed", None)
    assert "ten years" in said(record)
    assert "[1]" in said(record) or template == "modular-rag", "its second step quotes facts, not passages"


@pytest.mark.parametrize("template", TEMPLATES)
def test_asks_about_what_the_payload_holds_elsewhere(ada: Person, model: Model, template: str) -> None:
    model.will_say()
    record = run(ada, made(ada, template, queryPath="body.question"), body={"question": QUESTION}, documents=DOCUMENTS)
    assert (record["status"], said(record)) == ("completed", LONG)
    assert model.prompts
    assert all(f"Question: {QUESTION}" in prompt and "{{" not in prompt for prompt in model.prompts)


def test_a_good_answer_needs_no_correction(ada: Person, model: Model) -> None:
    model.will_say(LONG)
    record = run(ada, made(ada, "corrective-rag"))
    assert [step["status"] for step in steps(record)] == [*["completed"] * 5, *["skipped"] * 2, "completed"]
    assert said(record) == LONG


def test_a_poor_answer_is_corrected_after_a_second_search(ada: Person, model: Model) -> None:
    model.will_say("Ten.", "Ten years, it says in the rules [1].")
    record = run(ada, made(ada, "corrective-rag"))
    assert {step["status"] for step in steps(record)} == {"completed"}
    assert said(record) == "Ten years, it says in the rules [1]."
    assert "Earlier answer:\nTen." in model.prompts[1]
    assert "[1] Retention" in model.prompts[1]


@pytest.mark.parametrize(("template", "before"), [("self-rag", []), ("agentic-rag", ["1. Look it up."])])
def test_a_thin_answer_is_made_anew(ada: Person, model: Model, template: str, before: list[str]) -> None:
    model.will_say(*before, "Ten.", LONG)
    record = run(ada, made(ada, template))
    *_, answer, evaluation, output = steps(record)
    assert output["output"]["content"] == LONG
    assert evaluation["output"]["_evaluation"]["passed"] is True
    assert tries(answer) == ["retry", "completed"]
    assert "Length is 4" in model.prompts[-1]


@pytest.mark.parametrize("template", ["self-rag", "agentic-rag"])
def test_an_answer_that_stays_thin_is_given_after_three_times(ada: Person, model: Model, template: str) -> None:
    model.will_say(*["Ten."] * 9)
    record = run(ada, made(ada, template))
    *_, answer, evaluation, output = steps(record)
    assert record["status"] == "completed"
    assert output["output"]["content"] == "Ten."
    assert evaluation["output"]["_evaluation"]["passed"] is False
    assert len(tries(answer)) == 3


def test_the_next_run_knows_what_the_last_one_said(ada: Person, model: Model) -> None:
    workflow = made(ada, "memory-augmented-rag", workflowId="this")
    model.will_say("Ten years [1].", "As I said.")
    run(ada, workflow)
    record = run(ada, workflow, query="And then?")
    assert said(record) == "As I said."
    assert "Summary:\n\n" in model.prompts[0]
    assert "Summary:\nTen years [1].\n" in model.prompts[1]


def routed(record: dict[str, Any]) -> str:
    retrieval = next(step for step in steps(record) if step["nodeType"] == "knowledge-retrieve")
    return str(retrieval["output"]["_knowledge"]["orchestration"]["selectedRetrieverKey"])


def test_what_the_workflow_remembers_routes_the_search(ada: Person, model: Model) -> None:
    model.will_say()
    workflow = made(ada, "adaptive-rag", workflowId="this")
    path = f"/api/workflows/{workflow}"
    graph = ada.asks("GET", path).json()["data"]
    assert routed(run(ada, workflow)) == "semantic"
    remember = node("prefer", "memory-write", scope="workflow", memoryKey="routing.preferredRetriever", value="keyword")
    last = graph["nodes"][-1]["id"]
    edge = {"id": str(uuid4()), "source": last, "target": remember["id"]}
    more = {"nodes": [*graph["nodes"], remember], "edges": [*graph["edges"], edge]}
    assert ada.asks("PATCH", path, more).status_code == 200
    assert routed(run(ada, workflow)) == "semantic"
    assert ada.asks("PATCH", path, {"nodes": graph["nodes"], "edges": graph["edges"]}).status_code == 200
    assert routed(run(ada, workflow)) == "keyword"


def test_a_workflow_keeps_its_documents_to_itself(ada: Person, model: Model) -> None:
    model.will_say()
    mine, other = made(ada, "simple-rag", workflowId="this"), made(ada, "simple-rag", workflowId="this")
    run(ada, mine)
    found = [found_by(run(ada, workflow, query=QUESTION)) for workflow in (mine, other)]
    assert "Retention" in found[0]
    assert found[1] == []


def test_a_run_keeps_its_documents_to_itself(ada: Person, model: Model) -> None:
    model.will_say()
    workflow = made(ada, "simple-rag", executionId="this")
    assert "Retention" in found_by(run(ada, workflow))
    assert found_by(run(ada, workflow, query=QUESTION)) == []


def found_by(record: dict[str, Any]) -> list[str]:
    """Titles of what was retrieved."""
    retrieval = next(step for step in steps(record) if step["nodeType"] == "knowledge-retrieve")
    return [each["title"] for each in retrieval["output"]["_knowledge"]["matches"]]
