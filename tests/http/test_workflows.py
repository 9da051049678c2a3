import re
from typing import Any
from uuid import uuid4

import pytest

from tests.http.api import Api, Person, a_node, a_workflow, an_edge, error_of, issue_paths, refusal

NOBODYS = "00000000-0000-4000-8000-000000000000"
NOT_FOUND = (404, "NOT_FOUND", "Workflow not found")


async def test_answers_with_the_whole_record(person: Person) -> None:
    start, end = a_node("manual-trigger"), a_node("output")
    edge = an_edge(start, end, condition=True)
    answer = await person.post("/api/workflows", json=a_workflow(nodes=[start, end], edges=[edge]))
    assert answer.status_code == 201
    record = answer.json()["data"]
    assert record == {
        "id": record["id"],
        "userId": person.user["id"],
        "name": "Golden flow",
        "description": "",
        "status": "inactive",
        "nodes": [start, end],
        "edges": [edge],
        "version": 1,
        "sourceTemplateId": None,
        "sourceTemplateVersion": None,
        "sourceTemplateParams": None,
        "createdAt": "2026-01-01T12:00:00.000Z",
        "updatedAt": "2026-01-01T12:00:00.000Z",
    }
    assert (await person.get(f"/api/workflows/{record['id']}")).json() == {"success": True, "data": record}


async def test_ignores_the_status_of_a_new_workflow_and_fields_it_does_not_know(person: Person) -> None:
    node = a_node("manual-trigger")
    sent = a_workflow(status="active", color="red", nodes=[{**node, "selected": True, "type": "manual-trigger"}])
    record = (await person.post("/api/workflows", json=sent)).json()["data"]
    assert record["status"] == "inactive"
    assert record["nodes"] == [node]
    assert "color" not in record


async def test_keeps_numbers_as_they_were_sent(person: Person) -> None:
    position, config = '"position":{"x":1,"y":2.0}', '"config":{"a":1.0,"b":1}'
    drawing = f'{{"name":"n","nodes":[{{"id":"{uuid4()}","type":"log","label":"L",{position},{config}}}]}}'
    answer = await person.post("/api/workflows", content=drawing, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201
    assert position in answer.text
    assert config in answer.text


async def test_writes_ids_in_lower_case_and_takes_any_case(person: Person) -> None:
    node = a_node("manual-trigger", id="ABCDEF01-2345-9789-ABCD-EF0123456789")
    workflow_id = await person.draws(nodes=[node])
    record = (await person.get(f"/api/workflows/{workflow_id.upper()}")).json()["data"]
    assert record["nodes"][0]["id"] == "abcdef01-2345-9789-abcd-ef0123456789"


async def test_takes_a_graph_whose_edges_spell_ids_in_another_case(person: Person) -> None:
    start, end = a_node("manual-trigger"), a_node("output")
    edge = {"id": str(uuid4()), "source": start["id"].upper(), "target": end["id"].upper()}
    answer = await person.post("/api/workflows", json=a_workflow(nodes=[start, end], edges=[edge]))
    assert answer.status_code == 201


async def test_trims_names(person: Person) -> None:
    answer = await person.post("/api/workflows", json=a_workflow(name="  " + "n" * 255 + "\n"))
    assert answer.json()["data"]["name"] == "n" * 255


@pytest.mark.parametrize("name", ["", "   ", "\u00a0\n", "n" * 256, None, 5, ["n"]])
async def test_refuses_names_that_are_blank_too_long_or_no_text(person: Person, name: Any) -> None:
    answer = await person.post("/api/workflows", json=a_workflow(name=name))
    assert answer.status_code == 400
    assert issue_paths(answer) == [["name"]]


async def test_refuses_a_workflow_without_nodes_or_name(person: Person) -> None:
    answer = await person.post("/api/workflows", json={"name": "", "nodes": []})
    assert set(error_of(answer)["details"]["fieldErrors"]) == {"name", "nodes"}


async def test_says_where_every_fault_of_a_graph_is(person: Person) -> None:
    broken = {"name": "x", "nodes": [{"id": "n1", "type": "", "label": ""}, 5], "edges": [{"id": "e1"}]}
    answer = await person.post("/api/workflows", json=broken)
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    assert issue_paths(answer) == [
        ["nodes", 0, "id"],
        ["nodes", 0, "type"],
        ["nodes", 0, "label"],
        ["nodes", 0, "position"],
        ["nodes", 0, "config"],
        ["nodes", 1],
        ["edges", 0, "id"],
        ["edges", 0, "source"],
        ["edges", 0, "target"],
    ]
    fields = error_of(answer)["details"]["fieldErrors"]
    assert {name: len(messages) for name, messages in fields.items()} == {"nodes": 6, "edges": 3}


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"position": {"x": "5", "y": 0}}, ["position", "x"]),
        ({"position": {"x": True, "y": 0}}, ["position", "x"]),
        ({"position": {"x": 0}}, ["position", "y"]),
        ({"position": None}, ["position"]),
        ({"config": []}, ["config"]),
        ({"config": None}, ["config"]),
        ({"label": " "}, ["label"]),
        ({"type": 7}, ["type"]),
        ({"id": str(uuid4()) + "\n"}, ["id"]),
        ({"id": "{" + str(uuid4()) + "}"}, ["id"]),
    ],
)
async def test_wants_real_json_types_in_nodes(person: Person, part: dict[str, Any], path: list[str]) -> None:
    answer = await person.post("/api/workflows", json=a_workflow(nodes=[{**a_node(), **part}]))
    assert answer.status_code == 400
    assert ["nodes", 0, *path] in issue_paths(answer)


@pytest.mark.parametrize("condition", [None, "", 1, [], {}])
async def test_refuses_conditions_that_are_neither_text_nor_boolean(person: Person, condition: Any) -> None:
    start, end = a_node("manual-trigger"), a_node("output")
    edges = [an_edge(start, end, condition=condition)]
    answer = await person.post("/api/workflows", json=a_workflow(nodes=[start, end], edges=edges))
    assert answer.status_code == 400
    assert issue_paths(answer) == [["edges", 0, "condition"]]


@pytest.mark.parametrize("condition", [True, False, " ", "data.score > 1"])
async def test_keeps_conditions_as_they_were_sent(person: Person, condition: Any) -> None:
    start, end = a_node("manual-trigger"), a_node("output")
    edges = [an_edge(start, end, condition=condition)]
    answer = await person.post("/api/workflows", json=a_workflow(nodes=[start, end], edges=edges))
    assert answer.json()["data"]["edges"][0]["condition"] == condition


async def test_refuses_broken_structure_with_the_path_of_each_fault(person: Person) -> None:
    one, two = a_node("log"), a_node("no-such-type")
    edges = [an_edge(one, one), an_edge(one, {"id": str(uuid4())})]
    answer = await person.post("/api/workflows", json=a_workflow(nodes=[one, two], edges=edges))
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    codes = {issue["code"] for issue in error_of(answer)["details"]["issues"]}
    assert codes == {"unknown_node_type", "self_loop", "unknown_node"}
    assert set(error_of(answer)["details"]["fieldErrors"]) == {"nodes", "edges"}


async def test_saves_unfinished_configs_and_says_what_is_missing(person: Person) -> None:
    draft = a_workflow(nodes=[a_node("manual-trigger"), a_node("schedule-trigger", config={"intervalMs": "soon"})])
    created = await person.post("/api/workflows", json=draft)
    assert created.status_code == 201
    [warning] = created.json()["meta"]["warnings"]
    assert warning["path"][:3] == ["nodes", 1, "config"]
    assert {"path", "code", "message"} == set(warning)
    changed = await person.patch(f"/api/workflows/{created.json()['data']['id']}", json={"nodes": draft["nodes"]})
    assert changed.status_code == 200
    assert changed.json()["meta"]["warnings"] == [warning]


async def test_says_nothing_about_finished_configs(person: Person) -> None:
    assert set((await person.post("/api/workflows", json=a_workflow())).json()) == {"success", "data"}


async def test_changes_only_what_was_sent(person: Person) -> None:
    workflow_id = await person.draws(description="about")
    answer = await person.patch(f"/api/workflows/{workflow_id}", json={"name": "Other", "status": "active"})
    assert answer.status_code == 200
    record = answer.json()["data"]
    assert (record["name"], record["status"], record["description"], record["version"]) == (
        "Other",
        "active",
        "about",
        1,
    )


async def test_counts_drawings_even_identical_ones(person: Person) -> None:
    drawing = a_workflow()
    workflow_id = await person.draws(**drawing)
    redrawn = await person.patch(f"/api/workflows/{workflow_id}", json={"nodes": drawing["nodes"]})
    rewired = await person.patch(f"/api/workflows/{workflow_id}", json={"edges": []})
    untouched = await person.patch(f"/api/workflows/{workflow_id}", json={})
    assert [answer.json()["data"]["version"] for answer in (redrawn, rewired, untouched)] == [2, 3, 3]


async def test_refuses_changes_that_break_a_rule(person: Person) -> None:
    workflow_id = await person.draws()
    answer = await person.patch(f"/api/workflows/{workflow_id}", json={"status": "paused", "name": "", "nodes": []})
    assert answer.status_code == 400
    assert issue_paths(answer) == [["name"], ["status"], ["nodes"]]


@pytest.mark.parametrize("field", ["name", "description", "status", "nodes", "edges"])
async def test_null_is_no_way_to_leave_a_part_as_it_is(person: Person, field: str) -> None:
    workflow_id = await person.draws()
    answer = await person.patch(f"/api/workflows/{workflow_id}", json={field: None})
    assert answer.status_code == 400
    assert issue_paths(answer) == [[field]]


async def test_checks_changes_before_it_looks_for_the_workflow(person: Person) -> None:
    assert (await person.patch(f"/api/workflows/{NOBODYS}", json={"name": ""})).status_code == 400


async def test_deletes_once(person: Person) -> None:
    workflow_id = await person.draws()
    answer = await person.delete(f"/api/workflows/{workflow_id}")
    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {"deleted": True}})
    assert refusal(await person.delete(f"/api/workflows/{workflow_id}")) == NOT_FOUND


async def test_lists_only_the_callers_workflows(api: Api, person: Person) -> None:
    mine = await person.draws()
    await (await api.somebody()).draws()
    answer = await person.get("/api/workflows")
    assert [record["id"] for record in answer.json()["data"]] == [mine]
    assert answer.json()["meta"] == {"total": 1, "page": 1, "limit": 20, "totalPages": 1}


async def test_accepts_a_run_of_an_inactive_workflow(api: Api, person: Person) -> None:
    workflow_id = await person.draws()
    answer = await person.post(f"/api/workflows/{workflow_id}/execute", json={"payload": {"value": 21}})
    assert answer.status_code == 202
    execution_id = answer.json()["data"]["executionId"]
    assert re.fullmatch(r"[0-9a-f-]{36}", execution_id)
    assert len(api.queue.rings) == 1
    detail = await person.get(f"/api/executions/{execution_id}")
    assert detail.json()["data"]["triggerPayload"] == {"value": 21}


async def test_runs_with_an_empty_payload_when_none_is_given(person: Person) -> None:
    workflow_id = await person.draws()
    answer = await person.post(f"/api/workflows/{workflow_id}/execute", json={})
    detail = await person.get(f"/api/executions/{answer.json()['data']['executionId']}")
    assert detail.json()["data"]["triggerPayload"] == {}


@pytest.mark.parametrize("payload", [None, [], "text", 5, True])
async def test_wants_an_object_as_payload(person: Person, payload: Any) -> None:
    workflow_id = await person.draws()
    answer = await person.post(f"/api/workflows/{workflow_id}/execute", json={"payload": payload})
    assert answer.status_code == 400
    assert issue_paths(answer) == [["payload"]]


async def test_wants_a_body_to_start_a_run(person: Person) -> None:
    workflow_id = await person.draws()
    answer = await person.post(f"/api/workflows/{workflow_id}/execute")
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    assert error_of(answer)["details"]["formErrors"] == ["Required"]


async def test_lists_the_runs_of_a_workflow(person: Person) -> None:
    workflow_id = await person.draws()
    execution_id = await person.runs(workflow_id)
    answer = await person.get(f"/api/workflows/{workflow_id}/executions")
    assert [run["id"] for run in answer.json()["data"]] == [execution_id]


async def test_lists_each_unfinished_run_as_active(person: Person) -> None:
    workflow_id = await person.draws()
    runs = {await person.runs(workflow_id), await person.runs(workflow_id)}
    answer = await person.get("/api/workflows/active")
    assert {run["executionId"] for run in answer.json()["data"]} == runs
    assert {run["workflowId"] for run in answer.json()["data"]} == {workflow_id}


async def test_counts_the_pages_of_nothing_as_each_list_does(person: Person) -> None:
    workflow_id = await person.draws()
    runs = await person.get(f"/api/workflows/{workflow_id}/executions")
    active = await person.get("/api/workflows/active")
    await person.delete(f"/api/workflows/{workflow_id}")
    mine = await person.get("/api/workflows")
    assert [answer.json()["meta"]["totalPages"] for answer in (runs, active, mine)] == [0, 1, 0]


@pytest.mark.parametrize("kind", ["unknown", "foreign", "no uuid", "blank", "NUL", "not text"])
async def test_finds_no_workflow_that_is_not_the_callers(api: Api, person: Person, kind: str) -> None:
    foreign = await (await api.somebody()).draws()
    named = {"unknown": NOBODYS, "no uuid": "nope", "blank": "%20", "NUL": "%00", "not text": "%ff%fe"}
    where = f"/api/workflows/{named.get(kind, foreign)}"
    answers = [
        await person.get(where),
        await person.patch(where, json={"name": "Mine now"}),
        await person.delete(where),
        await person.post(f"{where}/execute", json={}),
        await person.get(f"{where}/executions"),
    ]
    assert {refusal(answer) for answer in answers} == {NOT_FOUND}


async def test_knows_no_addresses_with_loose_slashes(person: Person) -> None:
    workflow = await person.draws()
    for path in ("/api/workflows/", f"/api/workflows/{workflow}/", "/api//workflows", "/api/health/"):
        assert refusal(await person.get(path)) == (404, "NOT_FOUND", "There is nothing at this address")
