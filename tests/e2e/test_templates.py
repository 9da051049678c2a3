"""Workflows that were made from templates answer questions in a running REX."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from domain.templates.parameters import TAKEN, TAKEN_PREFIX
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
    """Says the prepared texts in turn, then something long; keeps what it was asked.

    As an embedder it answers two questions at once or none: whoever asks alone is refused after ten seconds.
    """

    def __init__(self) -> None:
        self.prepared: list[str] = []
        self.prompts: list[str] = []
        self.meeting = threading.Barrier(2, timeout=10)

    def answer(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.prepared.pop(0) if self.prepared else LONG

    def will_say(self, *texts: str) -> None:
        self.prepared, self.prompts = list(texts), []

    def embed(self, texts: list[str]) -> list[dict[str, Any]]:
        if QUESTION in texts[0]:
            self.meeting.wait()
        return [{"index": at, "embedding": [1.0, float(len(text))]} for at, text in enumerate(texts)]


@contextmanager
def serving(model: Model) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                body = json.dumps(self.answered(asked)).encode()
            except threading.BrokenBarrierError:
                self.send_error(400, "Nobody else asked at the same time")
                return
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def answered(self, asked: Any) -> Any:
            if "input" in asked:
                return {"data": model.embed(asked["input"])}
            return gemini_says(model.answer(asked["contents"][-1]["parts"][0]["text"]))

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
    assert "[1]" in said(record)
    names = {name for step in steps(record) for name in step["output"]} - set(PAYLOAD)
    assert {name for name in names if not name.startswith(TAKEN_PREFIX)} <= set(TAKEN), "no question may be there"


def test_the_baseline_asks_once_and_says_what_the_answer_rests_on(ada: Person, model: Model) -> None:
    model.will_say("Ten years [1].")
    record = run(ada, made(ada, "simple-rag", workflowId="this"))
    assert [(each["query"], each["status"]) for each in looks(record)] == [(QUESTION, "success")]
    (prompt,) = model.prompts
    assert "[1] Retention" in prompt
    used = steps(record)[-1]["output"]["knowledge"]["used"]
    assert (used[0]["number"], used[0]["title"]) == (1, "Retention")


@pytest.mark.parametrize(
    ("template", "first", "second"), [("graph-rag", "entity", "relation"), ("multimodal-rag", "text", "captions")]
)
def test_two_searches_become_one_result(ada: Person, model: Model, template: str, first: str, second: str) -> None:
    model.will_say()
    record = run(ada, made(ada, template, workflowId="this"))
    other = {"relation": f"relationships for {QUESTION}", "captions": f"captions {QUESTION}"}[second]
    assert {each["retrieverKey"]: each["query"] for each in looks(record)} == {first: QUESTION, second: other}
    knowledge = retrieved(record)
    assert (knowledge["orchestration"]["selectedRetrieverKey"], knowledge["query"]) == (
        "merged",
        f"{QUESTION} || {other}",
    )
    chunks = [each["chunkId"] for each in knowledge["matches"]]
    assert chunks
    assert len(chunks) == len(set(chunks))
    assert all(each["selected"] for each in looks(record))


def test_captions_are_found_beside_texts(ada: Person, model: Model) -> None:
    model.will_say()
    figure = {"title": "Figure 3", "content": "Captions of a chart: shelves, by year."}
    record = run(ada, made(ada, "multimodal-rag", workflowId="this"), query="invoices", documents=[*DOCUMENTS, figure])
    assert {"Retention", "Figure 3"} <= set(found_by(record))
    assert "Figure 3" in model.prompts[0]


def test_the_answer_is_written_from_extracted_facts_alone(ada: Person, model: Model) -> None:
    model.will_say("Invoices are kept for ten years [1].", "Ten years [1].")
    record = run(ada, made(ada, "modular-rag", workflowId="this"))
    extraction, synthesis = model.prompts
    assert "[1] Retention" in extraction
    assert "Facts:\nInvoices are kept for ten years [1]." in synthesis
    assert "Retention" not in synthesis
    assert said(record) == "Ten years [1]."


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
    return str(retrieved(record)["orchestration"]["selectedRetrieverKey"])


def test_what_the_workflow_remembers_routes_the_search(ada: Person, model: Model) -> None:
    model.will_say()
    workflow = made(ada, "adaptive-rag", workflowId="this")
    assert routed(run(ada, workflow)) == "semantic"
    preference = {"key": "routing.preferredRetriever", "value": "keyword"}
    assert ada.asks("PUT", f"/api/workflows/{workflow}/memory", preference).status_code == 200
    assert routed(run(ada, workflow)) == "keyword"


def test_a_run_may_route_the_searches_of_later_ones(ada: Person, model: Model) -> None:
    model.will_say()
    workflow = made(ada, "adaptive-rag", workflowId="this")
    path = f"/api/workflows/{workflow}"
    graph = ada.asks("GET", path).json()["data"]
    remember = node("prefer", "memory-write", scope="workflow", memoryKey="routing.preferredRetriever", value="keyword")
    edge = {"id": str(uuid4()), "source": graph["nodes"][-1]["id"], "target": remember["id"]}
    more = {"nodes": [*graph["nodes"], remember], "edges": [*graph["edges"], edge]}
    assert ada.asks("PATCH", path, more).status_code == 200
    assert routed(run(ada, workflow)) == "semantic"
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


def test_searches_of_a_speculation_go_on_at_the_same_time() -> None:
    """Its vectors come from a server that answers two questions together, or none."""
    with serving(Model()) as url, LiveRex.fresh(**vectors_from(url)) as rex:
        eve = Person(rex.url, "eve@example.com")
        record = run(eve, made(eve, "speculative-rag", workflowId="this"))
        knowledge = retrieved(record)
    assert record["status"] == "completed"
    assert knowledge["orchestration"]["speculative"] is True
    assert knowledge["orchestration"]["modes"] == {"semantic": "dense", "keyword": "lexical", "summary": "hybrid"}
    assert "warnings" not in knowledge
    found = {each["retrieverKey"]: each["status"] for each in looks(record)}
    assert found == dict.fromkeys(("semantic", "keyword", "summary"), "success")


def vectors_from(url: str) -> dict[str, str]:
    asked = {"REX_EMBEDDING_BASE_URL": url, "REX_EMBEDDING_MODEL": "two", "REX_EMBEDDING_DIMENSIONS": "2"}
    return {"REX_EMBEDDER": "openai", **asked}


@pytest.mark.parametrize(
    ("template", "by_words", "by_meaning"),
    [
        ("agentic-rag", "lexical", "semantic"),
        ("graph-rag", "entity", "relation"),
        ("adaptive-rag", "keyword", "semantic"),
        ("speculative-rag", "keyword", "semantic"),
    ],
)
def test_one_retriever_wants_the_words_and_the_other_what_is_like_them(
    ada: Person, model: Model, template: str, by_words: str, by_meaning: str
) -> None:
    """A misspelt word is in no document, and near to one that is."""
    model.will_say()
    record = run(ada, made(ada, template, workflowId="this"), query="invoicess", documents=DOCUMENTS)
    found = {each["retrieverKey"]: each["matchesCount"] for each in looks(record)}
    assert found[by_words] == 0
    assert found[by_meaning] > 0
    modes = retrieved(record)["orchestration"]["modes"]
    assert (modes[by_words], modes[by_meaning]) == ("lexical", "dense")


def test_a_hypothesis_that_finds_nothing_gives_way_to_the_question(ada: Person, model: Model) -> None:
    model.will_say("?! ... ?!", LONG)
    record = run(ada, made(ada, "hyde-retrieval", workflowId="this"))
    assert [(each["query"], each["status"]) for each in looks(record)] == [
        ("?! ... ?!", "empty"),
        (QUESTION, "success"),
    ]
    assert "Retention" in found_by(record)
    assert "[1] Retention" in model.prompts[-1]


def test_a_hypothesis_is_what_is_searched_for(ada: Person, model: Model) -> None:
    model.will_say("Invoices have to be kept for a decade.", LONG)
    record = run(ada, made(ada, "hyde-retrieval", workflowId="this"))
    assert [each["query"] for each in looks(record)] == ["Invoices have to be kept for a decade."]


def test_an_answer_that_cites_what_was_not_there_is_made_anew(ada: Person, model: Model) -> None:
    model.will_say(LONG.replace("[1]", "[9]"), LONG)
    record = run(ada, made(ada, "self-rag", workflowId="this"))
    assert said(record) == LONG
    assert "Cites [9], not among the passages that were given" in model.prompts[-1]


def test_the_best_branch_alone_is_the_result(ada: Person, model: Model) -> None:
    model.will_say()
    documents = [*DOCUMENTS, {"title": "FAQ", "content": "faq How long do we keep invoices? Ten years."}]
    record = run(ada, made(ada, "branched-rag", workflowId="this"), query=QUESTION, documents=documents)
    assert retrieved(record)["orchestration"]["selectedRetrieverKey"] == "faq"
    assert {each["retrieverKey"]: each["selected"] for each in looks(record)} == {
        "faq": True,
        "docs": False,
        "notes": False,
    }


def looks(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The attempts of all retrievers, the first one first."""
    events: list[dict[str, Any]] = record["retrievalEvents"]
    return events[::-1]


def retrieved(record: dict[str, Any]) -> dict[str, Any]:
    step = next(step for step in steps(record) if step["nodeType"] == "knowledge-retrieve")
    knowledge: dict[str, Any] = step["output"]["_knowledge"]
    return knowledge


def found_by(record: dict[str, Any]) -> list[str]:
    """Titles of what was retrieved."""
    return [each["title"] for each in retrieved(record)["matches"]]
