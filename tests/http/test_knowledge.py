"""Corpora and documents over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from domain.knowledge.errors import EmbeddingRefused
from tests.http.api import Api, Person, issue_paths, refusal
from tests.unit.application.knowledge.desk import Desk

INGEST = "/api/knowledge/documents/ingest"


def a_text(corpus: str, **parts: Any) -> dict[str, Any]:
    return {"corpusId": corpus, "title": "Bread", "contentText": "Rye rises overnight.", **parts}


async def worked_off(api: Api, *, failing: str = "") -> None:
    """What a worker would do; it cannot do anything with texts that hold `failing`."""
    desk = Desk()
    desk.store = desk.journal._store = desk.index._store = api.store
    desk.clock = api.clock
    if failing:
        desk.embedder.raising[failing] = EmbeddingRefused(f"No {failing}")
    await desk.ingest(await desk.claims())


async def shown(person: Person, path: str) -> dict[str, Any]:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_begins_a_corpus_that_is_ready_for_documents(person: Person) -> None:
    answer = await person.post("/api/knowledge/corpora", json={"name": "  Manuals "})
    assert answer.status_code == 201
    assert set(answer.json()["data"]) == {"id"}
    corpus = await shown(person, f"/api/knowledge/corpora/{answer.json()['data']['id']}")
    assert (corpus["name"], corpus["description"], corpus["scopeType"], corpus["status"], corpus["metadata"]) == (
        "Manuals",
        "",
        "user",
        "ready",
        {},
    )
    assert (corpus["workflowId"], corpus["executionId"], corpus["userId"]) == (None, None, person.user["id"])
    assert corpus["chunking"] == {"strategy": "windows", "size": 1200, "overlap": 200}
    assert corpus["documentCounts"] == {"pending": 0, "processing": 0, "ready": 0, "failed": 0}


async def test_lists_corpora_with_where_one_is(person: Person) -> None:
    for each in range(3):
        await person.collects(name=f"Corpus {each}")
    page = (await person.get("/api/knowledge/corpora?limit=2")).json()
    assert len(page["data"]) == 2
    assert {key: page["meta"][key] for key in ("total", "page", "limit", "totalPages")} == {
        "total": 3,
        "page": 1,
        "limit": 2,
        "totalPages": 2,
    }
    nothing = (await person.get(f"/api/knowledge/corpora?workflowId={uuid4()}")).json()
    assert (nothing["data"], nothing["meta"]["totalPages"]) == ([], 0)
    wrong = await person.get("/api/knowledge/corpora?workflowId=nope&scopeType=team&limit=101")
    assert refusal(wrong) == (400, "VALIDATION_ERROR", "Invalid query params")
    assert issue_paths(wrong) == [["scopeType"], ["workflowId"], ["limit"]]


async def test_a_corpus_belongs_to_something_of_the_callers(api: Api, person: Person) -> None:
    workflow = await person.draws()
    run = await person.runs(workflow)
    assert await person.collects(scopeType="workflow", workflowId=workflow)
    assert await person.collects(scopeType="execution", executionId=run)
    stranger = await api.somebody()
    for who, body in (
        (person, {"scopeType": "workflow", "workflowId": str(uuid4())}),
        (person, {"scopeType": "execution", "executionId": str(uuid4())}),
        (stranger, {"workflowId": workflow}),
        (stranger, {"executionId": run}),
    ):
        answer = await who.post("/api/knowledge/corpora", json={"name": "N", **body})
        assert refusal(answer)[:2] == (404, "NOT_FOUND"), body
    for scope, missing in (("workflow", "workflowId"), ("execution", "executionId")):
        answer = await person.post("/api/knowledge/corpora", json={"name": "N", "scopeType": scope})
        assert (answer.status_code, issue_paths(answer)) == (400, [[missing]])


async def test_changes_and_removes_a_corpus(person: Person) -> None:
    corpus = await person.collects(description="Old", metadata={"a": 1})
    document = await person.brings(corpus)
    path = f"/api/knowledge/corpora/{corpus}"
    changed = await person.patch(path, json={"name": "New", "chunking": {"strategy": "structure", "overlap": 0}})
    assert changed.status_code == 200
    record = changed.json()["data"]
    assert (record["name"], record["description"], record["metadata"]) == ("New", "Old", {"a": 1})
    assert record["chunking"] == {"strategy": "structure", "size": 1200, "overlap": 0}
    assert (await person.delete(path)).json()["data"] == {"deleted": True}
    for gone in (path, f"{path}/documents", f"/api/knowledge/documents/{document}"):
        assert (await person.get(gone)).status_code == 404
    assert (await person.delete(path)).status_code == 404


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["name"]),
        ({"name": " "}, ["name"]),
        ({"name": "x" * 256}, ["name"]),
        ({"name": "N", "description": "x" * 2049}, ["description"]),
        ({"name": "N", "scopeType": "team"}, ["scopeType"]),
        ({"name": "N", "workflowId": "nope"}, ["workflowId"]),
        ({"name": "N", "metadata": []}, ["metadata"]),
        ({"name": "N", "metadata": {"a": "x" * 70_000}}, ["metadata"]),
        ({"name": "N", "chunking": {"size": 99}}, ["chunking", "size"]),
        ({"name": "N", "chunking": {"size": 200, "overlap": 100}}, ["chunking", "overlap"]),
        ({"name": "N", "chunking": {"strategy": "words"}}, ["chunking", "strategy"]),
    ],
)
async def test_refuses_a_corpus_that_breaks_a_rule(person: Person, body: dict[str, Any], wrong: list[str]) -> None:
    answer = await person.post("/api/knowledge/corpora", json=body)
    assert (answer.status_code, issue_paths(answer)) == (400, [wrong])


async def test_accepts_a_text_and_shows_how_far_it_is(api: Api, person: Person) -> None:
    corpus = await person.collects()
    answer = await person.post(INGEST, json=a_text(corpus, mimeType="text/plain", metadata={"page": 3}))
    assert answer.status_code == 202
    document = answer.json()["data"]["documentId"]
    assert answer.json()["data"] == {"documentId": document, "jobId": f"ingest-{document}", "isKnown": False}
    before = await shown(person, f"/api/knowledge/documents/{document}")
    assert (before["status"], before["stage"], before["chunkCount"]) == ("pending", "extract", 0)
    assert (before["sourceType"], before["mimeType"], before["metadata"]) == ("upload", "text/plain", {"page": 3})
    assert "contentText" not in before
    assert (await shown(person, f"/api/knowledge/corpora/{corpus}"))["status"] == "ingesting"
    await worked_off(api)
    after = await shown(person, f"/api/knowledge/documents/{document}")
    assert (after["status"], after["stage"], after["error"], after["chunkCount"]) == ("ready", "ready", None, 1)
    assert after["progress"] == {"done": 1, "total": 1}
    listed = (await person.get(f"/api/knowledge/corpora/{corpus}/documents")).json()
    assert listed["data"] == [after]
    assert (listed["meta"]["total"], listed["meta"]["totalPages"]) == (1, 1)


async def test_shows_what_can_be_found_of_a_document(api: Api, person: Person) -> None:
    document = await person.brings(await person.collects(), "x" * 2600)
    path = f"/api/knowledge/documents/{document}/chunks"
    assert (await person.get(path)).json()["data"] == []
    await worked_off(api)
    chunks = (await person.get(path)).json()["data"]
    assert [each["chunkIndex"] for each in chunks] == [0, 1, 2]
    assert [(each["metadata"]["start"], each["metadata"]["end"]) for each in chunks] == [
        (0, 1200),
        (1000, 2200),
        (2000, 2600),
    ]
    assert (chunks[2]["content"], chunks[2]["tokenCount"]) == ("x" * 600, 150)
    assert {"id", "corpusId", "documentId", "embeddingModel", "createdAt"} <= set(chunks[0])
    second = (await person.get(f"{path}?limit=1&page=2")).json()
    assert [each["chunkIndex"] for each in second["data"]] == [1]
    following = (await person.get(f"{path}?limit=1&cursor={second['meta']['nextCursor']}")).json()
    assert [each["chunkIndex"] for each in following["data"]] == [2]


async def test_names_the_document_that_holds_the_same_text(person: Person) -> None:
    corpus = await person.collects()
    first = (await person.post(INGEST, json=a_text(corpus))).json()["data"]
    again = (await person.post(INGEST, json=a_text(corpus, title="Other"))).json()["data"]
    assert again == {**first, "isKnown": True}
    twin = (await person.post(INGEST, json=a_text(corpus, allowDuplicates=True))).json()["data"]
    assert twin["documentId"] != first["documentId"]
    assert twin["isKnown"] is False


async def test_accepts_one_document_for_one_key(person: Person) -> None:
    corpus, key = await person.collects(), {"Idempotency-Key": "k"}
    first = await person.post(INGEST, json=a_text(corpus), headers=key)
    again = await person.post(INGEST, json=a_text(corpus), headers=key)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    known = await person.post(INGEST, json=a_text(corpus), headers={"Idempotency-Key": "other"})
    repeated = await person.post(INGEST, json=a_text(corpus), headers={"Idempotency-Key": "other"})
    assert known.json()["data"] == {**first.json()["data"], "isKnown": True} == repeated.json()["data"]
    assert repeated.headers["idempotency-replayed"] == "true"
    other = await person.post(INGEST, json=a_text(corpus, contentText="Else"), headers=key)
    assert refusal(other)[:2] == (409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"corpusId": "nope"}, ["corpusId"]),
        ({"title": " "}, ["title"]),
        ({"title": "x" * 256}, ["title"]),
        ({"contentText": ""}, ["contentText"]),
        ({"contentText": " \n\ufeff\u00a0"}, ["contentText"]),
        ({"contentText": "x" * 8_000_001}, ["contentText"]),
        ({"sourceType": "mail"}, ["sourceType"]),
        ({"mimeType": "x" * 101}, ["mimeType"]),
        ({"metadata": "x"}, ["metadata"]),
        ({"metadata": {"a": [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}}, ["metadata"]),
    ],
)
async def test_refuses_a_document_that_breaks_a_rule(person: Person, parts: dict[str, Any], wrong: list[str]) -> None:
    answer = await person.post(INGEST, json=a_text(str(uuid4()), **parts))
    assert (answer.status_code, issue_paths(answer)) == (400, [wrong])


@pytest.mark.parametrize("text", [b'"a\\u0000b"', b'"\xff"', b'"\\ud800"'], ids=["NUL", "no UTF-8", "half a pair"])
async def test_refuses_texts_that_are_no_texts(person: Person, text: bytes) -> None:
    corpus = await person.collects()
    body = b'{"corpusId":"' + corpus.encode() + b'","title":"T","contentText":' + text + b"}"
    answer = await person.post(INGEST, content=body, headers={"Content-Type": "application/json"})
    assert refusal(answer)[:2] == (400, "BAD_REQUEST")


async def test_refuses_documents_for_somebody_elses_corpus(api: Api, person: Person) -> None:
    stranger = await api.somebody()
    for corpus in (await stranger.collects(), str(uuid4())):
        answer = await person.post(INGEST, json=a_text(corpus))
        assert refusal(answer) == (404, "NOT_FOUND", "Knowledge corpus not found")


async def test_replaces_tries_again_and_removes_a_document(api: Api, person: Person) -> None:
    corpus = await person.collects()
    document, taken = await person.brings(corpus), await person.brings(corpus, "Taken")
    path = f"/api/knowledge/documents/{document}"
    new = {"title": "New", "contentText": "Spelt is older than rye.", "sourceType": "api", "mimeType": "text/plain"}
    replaced = await person.put(path, json=new)
    assert (replaced.status_code, replaced.json()["data"]["documentId"]) == (202, document)
    seen = await shown(person, path)
    assert {name: seen[name] for name in ("title", "sourceType", "mimeType")} == {
        "title": "New",
        "sourceType": "api",
        "mimeType": "text/plain",
    }
    refused = await person.put(path, json={"title": "New", "contentText": "Taken"})
    assert refusal(refused)[:2] == (409, "DUPLICATE_DOCUMENT")
    await worked_off(api)
    chunks = (await person.get(f"{path}/chunks")).json()["data"]
    assert [each["content"] for each in chunks] == ["Spelt is older than rye."]
    tried = await person.post(f"{path}/retry")
    assert (tried.status_code, tried.json()["data"]) == (202, {"documentId": document, "status": "ready"})
    assert (await person.delete(path)).json()["data"] == {"deleted": True}
    assert (await person.delete(path)).status_code == 404
    assert (await shown(person, f"/api/knowledge/documents/{taken}"))["status"] == "ready"


async def test_a_text_that_fails_to_take_the_place_of_another_leaves_that_to_be_found(api: Api, person: Person) -> None:
    corpus = await person.collects()
    document = await person.brings(corpus)
    path = f"/api/knowledge/documents/{document}"
    await worked_off(api)
    before = await shown(person, path)
    assert before["replaces"] is None
    await person.put(path, json={"title": "New", "contentText": "Poison", "metadata": {"page": 4}})
    await worked_off(api, failing="Poison")
    failed = await shown(person, path)
    assert (failed["status"], failed["error"], failed["title"]) == ("failed", "No Poison", "New")
    assert failed["replaces"] == {
        name: before[name] for name in ("title", "sourceType", "mimeType", "metadata", "chunkCount")
    }
    assert [each["content"] for each in (await person.get(f"{path}/chunks")).json()["data"]] == [
        "Sourdough rises overnight."
    ]
    assert (await person.post(f"{path}/retry")).json()["data"]["status"] == "pending"
    await worked_off(api)
    after = await shown(person, path)
    assert (after["status"], after["error"], after["metadata"], after["replaces"]) == ("ready", None, {"page": 4}, None)
    assert [each["content"] for each in (await person.get(f"{path}/chunks")).json()["data"]] == ["Poison"]
