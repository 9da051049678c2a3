"""People look at templates, see what they would get, and get it."""

from typing import Any

import pytest

from domain.templates.published import PUBLISHED
from tests.http.api import Api, Person, a_node, error_of, issue_paths, refusal

TEMPLATES = "/api/workflow-templates"
SIMPLE = f"{TEMPLATES}/simple-rag"
NOBODYS = "00000000-0000-4000-8000-000000000000"
DESCRIPTOR = ["id", "version", "name", "description", "category", "maturity", "defaultWorkflowName", "tags"]


def without_ids(graph: dict[str, Any]) -> list[Any]:
    """Nodes and edges with the positions of nodes in place of ids."""
    at = {node["id"]: position for position, node in enumerate(graph["nodes"])}
    nodes = [{**node, "id": at[node["id"]]} for node in graph["nodes"]]
    edges = [{**edge, "id": 0, "source": at[edge["source"]], "target": at[edge["target"]]} for edge in graph["edges"]]
    return [nodes, edges]


async def test_lists_all_with_what_they_take_and_need(person: Person) -> None:
    answer = await person.get(TEMPLATES)
    assert answer.status_code == 200
    assert list(answer.json()) == ["success", "data"]
    first, *others = answer.json()["data"]
    assert len(others) == 11
    assert list(first)[:8] == DESCRIPTOR
    assert first["graph"] == {"nodes": 5, "edges": 4}
    assert first["needs"] == {"provider": "gemini", "corpus": True}
    assert first["parametersSchema"]["properties"]["topK"]["default"] == 8
    assert first["payload"]["schema"]["required"] == ["query"]
    assert set(first["payload"]["example"]) == {"documents", "query"}


async def test_shows_one(person: Person) -> None:
    answer = await person.get(f"{TEMPLATES}/corrective-rag")
    listed = (await person.get(TEMPLATES)).json()["data"]
    assert answer.json()["data"] == next(each for each in listed if each["id"] == "corrective-rag")


@pytest.mark.parametrize("method", ["GET", "POST preview", "POST instantiate"])
async def test_what_is_no_template_is_not_found(person: Person, method: str) -> None:
    verb, _, action = method.partition(" ")
    path = f"{TEMPLATES}/no-rag" + (f"/{action}" if action else "")
    answer = await person.send(verb, path, **({"json": {}} if action else {}))
    assert refusal(answer) == (404, "NOT_FOUND", "Workflow template not found")


async def test_a_preview_shows_the_graph_and_stores_nothing(person: Person) -> None:
    answer = await person.post(f"{SIMPLE}/preview", json={})
    shown = answer.json()["data"]
    assert answer.status_code == 200
    assert list(shown)[:6] == ["template", "workflowName", "description", "params", "nodes", "edges"]
    assert (shown["template"]["id"], shown["workflowName"]) == ("simple-rag", "Simple RAG Workflow")
    assert shown["description"] == shown["template"]["description"]
    assert shown["params"] == {"queryPath": "query", "topK": 8}
    assert [node["label"] for node in shown["nodes"]][:2] == ["Manual Run", "Load Knowledge"]
    assert all("condition" not in edge for edge in shown["edges"])
    assert (await person.get("/api/workflows")).json()["meta"]["total"] == 0


async def test_previews_have_new_ids_each_time(person: Person) -> None:
    one, other = [(await person.post(f"{SIMPLE}/preview", json={})).json()["data"] for _ in range(2)]
    ids = [{each["id"] for each in (*shown["nodes"], *shown["edges"])} for shown in (one, other)]
    assert not ids[0] & ids[1]
    assert len(ids[0]) == 9
    assert without_ids(one) == without_ids(other)


@pytest.mark.parametrize("template", [each.id for each in PUBLISHED.newest()])
async def test_what_is_made_is_what_was_shown(person: Person, template: str) -> None:
    body = {"name": " Mine ", "description": " about ", "params": {"queryPath": "body.q", "topK": "3"}}
    shown = (await person.post(f"{TEMPLATES}/{template}/preview", json=body)).json()["data"]
    answer = await person.post(f"{TEMPLATES}/{template}/instantiate", json=body)
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert without_ids(made) == without_ids(shown)
    assert (made["name"], made["description"]) == (shown["workflowName"], shown["description"]) == ("Mine", "about")
    assert (made["status"], made["version"]) == ("inactive", 1)
    assert made["sourceTemplateId"] == template
    assert made["sourceTemplateVersion"] == 1
    assert made["sourceTemplateParams"] == shown["params"] == {"queryPath": "body.q", "topK": 3}
    stored = await person.get(f"/api/workflows/{made['id']}")
    assert stored.json()["data"] == made
    assert stored.headers["ETag"] == answer.headers["ETag"]


async def test_blank_texts_are_those_of_the_template(person: Person) -> None:
    made = (await person.post(f"{SIMPLE}/instantiate", json={"name": "  ", "description": " "})).json()["data"]
    template = (await person.get(SIMPLE)).json()["data"]
    assert (made["name"], made["description"]) == (template["defaultWorkflowName"], template["description"])


async def test_a_template_can_keep_its_knowledge_to_itself(person: Person) -> None:
    body = {"params": {"scopeType": "workflow", "workflowId": "this"}}
    answer = await person.post(f"{SIMPLE}/instantiate", json=body)
    _, ingest, retrieve, *_ = answer.json()["data"]["nodes"]
    assert "meta" not in answer.json() or all("Scope" not in str(each) for each in answer.json()["meta"]["warnings"])
    for node in (ingest, retrieve):
        assert (node["config"]["scopeType"], node["config"]["workflowIdScope"]) == ("workflow", "this")


async def test_everything_that_is_wrong_is_told_at_once(person: Person) -> None:
    body = {"name": "", "params": {"topK": 0, "corpusId": "7", "topk": 1, "scopeType": "execution"}}
    answer = await person.post(f"{TEMPLATES}/no-rag/instantiate", json=body)
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    assert issue_paths(answer) == [
        ["name"],
        ["params", "topk"],
        ["params", "topK"],
        ["params", "corpusId"],
        ["params", "executionId"],
    ]
    assert set(error_of(answer)["details"]["fieldErrors"]) == {"name", "params"}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"params": None}, ["params"]),
        ({"params": []}, ["params"]),
        ({"name": None}, ["name"]),
        ({"name": "n" * 256}, ["name"]),
        ({"description": "d" * 2049}, ["description"]),
        ({"params": {"queryPath": "two words"}}, ["params", "queryPath"]),
        ({"params": {"topK": None}}, ["params", "topK"]),
    ],
)
async def test_refuses_with_the_path(person: Person, body: dict[str, Any], path: list[str]) -> None:
    for action in ("preview", "instantiate"):
        answer = await person.post(f"{SIMPLE}/{action}", json=body)
        assert answer.status_code == 400
        assert issue_paths(answer) == [path]


@pytest.mark.parametrize("body", ["null", "[]", "7", ""])
async def test_refuses_what_is_no_object(person: Person, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert (await person.post(f"{SIMPLE}/preview", content=body, headers=headers)).status_code == 400


async def test_unknown_things_beside_the_parameters_are_let_pass(person: Person) -> None:
    assert (await person.post(f"{SIMPLE}/preview", json={"colour": "red"})).status_code == 200


async def test_ids_in_parameters_must_be_ones_own(api: Api, person: Person) -> None:
    stranger = await api.somebody()
    workflow = await stranger.draws()
    run = await stranger.runs(workflow)
    for params in (
        {"workflowId": workflow, "corpusId": await a_corpus(stranger, scopeType="workflow", workflowId=workflow)},
        {"executionId": run, "corpusId": await a_corpus(stranger, scopeType="execution", executionId=run)},
        {"workflowId": NOBODYS, "corpusId": NOBODYS},
        {"executionId": NOBODYS, "corpusId": NOBODYS},
    ):
        wrong = [["params", "corpusId"], ["params", next(iter(params))]]
        for action in ("preview", "instantiate"):
            answer = await person.post(f"{SIMPLE}/{action}", json={"params": params})
            assert answer.status_code == 400
            assert issue_paths(answer) == wrong
            if NOBODYS not in params.values():
                assert (await stranger.post(f"{SIMPLE}/{action}", json={"params": params})).status_code < 300


async def a_corpus(person: Person, **scope: str) -> str:
    made = await person.post("/api/knowledge/corpora", json={"name": "Some", **scope})
    assert made.status_code == 201, made.text
    return str(made.json()["data"]["id"])


async def test_a_corpus_that_the_scope_excludes_is_refused(person: Person) -> None:
    workflow = await person.draws()
    run = await person.runs(workflow)
    of_user = await a_corpus(person)
    of_workflow = await a_corpus(person, scopeType="workflow", workflowId=workflow)
    of_run = await a_corpus(person, scopeType="execution", executionId=run)
    other = await person.draws()
    for corpus, scope in (
        (of_user, {"workflowId": "this"}),
        (of_user, {"executionId": run}),
        (of_workflow, {"workflowId": "this"}),
        (of_workflow, {"workflowId": other}),
        (of_run, {"executionId": "this"}),
        (of_run, {"workflowId": workflow}),
    ):
        for action in ("preview", "instantiate"):
            answer = await person.post(f"{SIMPLE}/{action}", json={"params": {"corpusId": corpus, **scope}})
            assert answer.status_code == 400, scope
            assert issue_paths(answer) == [["params", "corpusId"]]
            assert "does not belong" in answer.text


async def test_a_corpus_within_the_scope_is_taken_with_it(person: Person) -> None:
    workflow = await person.draws()
    run = await person.runs(workflow)
    for scope in (
        {"scopeType": "user"},
        {"scopeType": "workflow", "workflowId": workflow},
        {"scopeType": "execution", "executionId": run},
    ):
        params = {"corpusId": await a_corpus(person, **scope), **scope}
        shown = (await person.post(f"{SIMPLE}/preview", json={"params": params})).json()["data"]
        assert shown["params"] == {"queryPath": "query", "topK": 8, **params}


async def test_a_corpus_decides_alone_where_an_editor_sent_its_usual_scope(person: Person) -> None:
    workflow = await person.draws()
    corpus = await a_corpus(person, scopeType="workflow", workflowId=workflow)
    body = {"params": {"corpusId": corpus, "scopeType": "user"}}
    shown = (await person.post(f"{SIMPLE}/preview", json=body)).json()["data"]
    made = (await person.post(f"{SIMPLE}/instantiate", json=body)).json()["data"]
    settled = {"queryPath": "query", "topK": 8, "corpusId": corpus}
    assert shown["params"] == made["sourceTemplateParams"] == settled
    for node in made["nodes"][1:3]:
        assert node["config"]["corpusId"] == corpus
        assert "scopeType" not in node["config"]


async def test_ids_that_the_scope_does_not_look_at_are_not_looked_up(person: Person) -> None:
    body = {"params": {"scopeType": "user", "workflowId": NOBODYS}}
    answer = await person.post(f"{SIMPLE}/instantiate", json=body)
    assert answer.json()["data"]["sourceTemplateParams"] == {"queryPath": "query", "topK": 8, "scopeType": "user"}


async def test_a_reader_may_look_and_a_writer_may_make(api: Api, person: Person) -> None:
    async def with_scope(scope: str) -> Person:
        token = (await person.post("/api/auth/tokens", json={"name": scope, "scopes": [scope]})).json()["data"]
        return Person(api.client, person.user, token["token"])

    reader = await with_scope("read")
    assert (await reader.get(TEMPLATES)).status_code == 200
    assert (await reader.post(f"{SIMPLE}/preview", json={})).status_code == 200
    assert (await reader.post(f"{SIMPLE}/instantiate", json={})).status_code == 403
    assert (await (await with_scope("write")).post(f"{SIMPLE}/instantiate", json={})).status_code == 201


async def test_an_editor_may_store_the_graph_that_was_shown(person: Person) -> None:
    shown = (await person.post(f"{SIMPLE}/preview", json={})).json()["data"]
    made = (await person.post(f"{SIMPLE}/instantiate", json={})).json()["data"]
    graph = {"nodes": shown["nodes"], "edges": shown["edges"]}
    answer = await person.patch(f"/api/workflows/{made['id']}", json=graph)
    patched = answer.json()["data"]
    assert (patched["version"], patched["sourceTemplateId"]) == (2, "simple-rag")
    assert patched["nodes"] == shown["nodes"]


async def test_other_workflows_come_from_no_template(person: Person) -> None:
    workflow = await person.draws(nodes=[a_node()])
    answer = await person.get(f"/api/workflows/{workflow}/template-upgrade")
    assert refusal(answer) == (409, "NOT_FROM_TEMPLATE", "The workflow was not made from a template")
