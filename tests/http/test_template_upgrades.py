"""A workflow that was made from a template can follow the template's newer version."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.ids import UserId, WorkflowId
from domain.templates.catalogue.simple_rag import SIMPLE_RAG
from domain.templates.drawing import drawn
from domain.templates.parameters import TemplateParameters
from domain.workflows.workflow import TemplateOrigin
from tests.http.api import Api, Person, a_node, issue_paths, refusal, running_api
from tests.make import a_workflow
from tests.unit.domain.templates.newer import BOTH

GIVEN = TemplateParameters(top_k=3)
ANSWER = 3
BETTER = "Better: {{query}}"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """Where a second version of a template was published."""
    async with running_api(data_dir=tmp_path, templates=BOTH) as api:
        yield api


@pytest.fixture
def path(api: Api, person: Person) -> str:
    """Of a workflow that was made from the first version."""
    owner = api.store.rows.users[UserId(UUID(person.user["id"]))]
    origin = TemplateOrigin(template_id="simple-rag", version=1, params=GIVEN.described())
    made = a_workflow(owner, graph=drawn(SIMPLE_RAG.draw(GIVEN), seed=uuid4()), origin=origin)
    api.store.rows.workflows[made.id] = made
    return f"/api/workflows/{made.id}"


async def nodes_of(person: Person, path: str) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await person.get(path)).json()["data"]["nodes"]
    return nodes


async def rewritten(person: Person, path: str, prompt: str = "mine") -> str:
    """Change the prompt; the id of the conflict that follows."""
    nodes = await nodes_of(person, path)
    nodes[ANSWER]["config"]["promptTemplate"] = prompt
    assert (await person.patch(path, json={"nodes": nodes})).status_code == 200
    return f"{nodes[ANSWER]['id']}.config.promptTemplate"


async def test_shows_what_would_become_of_an_untouched_workflow(person: Person, path: str) -> None:
    before = (await person.get(path)).json()["data"]
    answer = await person.get(f"{path}/template-upgrade")
    shown = answer.json()["data"]
    assert answer.status_code == 200
    assert (shown["templateId"], shown["version"], shown["newestVersion"]) == ("simple-rag", 1, 2)
    assert shown["isAvailable"] is True
    assert (shown["conflicts"], shown["issues"]) == ([], [])
    assert [node["label"] for node in shown["nodes"]][ANSWER:] == ["RAG Answer", "Check", "Final Output"]
    assert (await person.get(path)).json()["data"] == before, "nothing is stored"


async def test_what_was_shown_is_what_is_made(person: Person, path: str) -> None:
    shown = (await person.get(f"{path}/template-upgrade")).json()["data"]
    answer = await person.post(f"{path}/template-upgrade", json={})
    made = answer.json()["data"]
    assert answer.status_code == 200
    assert (made["nodes"], made["edges"]) == (shown["nodes"], shown["edges"])
    assert (made["version"], made["sourceTemplateVersion"]) == (2, 2)
    assert made["sourceTemplateParams"] == {"queryPath": "query", "topK": 3}
    assert (await person.get(path)).json()["data"] == made


async def test_a_second_upgrade_has_nothing_to_do(person: Person, path: str) -> None:
    await person.post(f"{path}/template-upgrade", json={})
    shown = (await person.get(f"{path}/template-upgrade")).json()["data"]
    assert (shown["isAvailable"], shown["version"], shown["newestVersion"]) == (False, 2, 2)
    answer = await person.post(f"{path}/template-upgrade", json={})
    assert refusal(answer)[:2] == (409, "TEMPLATE_UP_TO_DATE")


async def test_conflicts_are_told_by_node_and_field_and_need_a_choice(person: Person, path: str) -> None:
    conflict = await rewritten(person, path)
    shown = (await person.get(f"{path}/template-upgrade")).json()["data"]
    (told,) = shown["conflicts"]
    assert told["id"] == conflict
    assert (told["nodeId"], told["field"]) == (shown["nodes"][ANSWER]["id"], "config.promptTemplate")
    assert (told["mine"], told["theirs"]) == ("mine", BETTER)
    assert told["base"].endswith("Question: {{query}}")
    answer = await person.post(f"{path}/template-upgrade", json={})
    assert refusal(answer)[:2] == (409, "UNRESOLVED_CONFLICTS")
    assert conflict in refusal(answer)[2]
    assert (await person.get(path)).json()["data"]["sourceTemplateVersion"] == 1


@pytest.mark.parametrize(("side", "prompt"), [("mine", "mine"), ("theirs", BETTER)])
@pytest.mark.parametrize("is_named", [True, False])
async def test_the_chosen_side_counts(person: Person, path: str, side: str, prompt: str, is_named: bool) -> None:
    conflict = await rewritten(person, path)
    body = {"choices": {conflict: side}} if is_named else {"otherwise": side}
    answer = await person.post(f"{path}/template-upgrade", json=body)
    assert answer.status_code == 200
    assert answer.json()["data"]["nodes"][ANSWER]["config"]["promptTemplate"] == prompt


async def test_a_choice_wins_over_the_choice_for_all_others(person: Person, path: str) -> None:
    conflict = await rewritten(person, path)
    body = {"choices": {conflict: "mine"}, "otherwise": "theirs"}
    answer = await person.post(f"{path}/template-upgrade", json=body)
    assert answer.json()["data"]["nodes"][ANSWER]["config"]["promptTemplate"] == "mine"


async def test_refuses_choices_about_nothing(person: Person, path: str) -> None:
    answer = await person.post(f"{path}/template-upgrade", json={"choices": {"nothing": "mine"}})
    assert answer.status_code == 400
    assert issue_paths(answer) == [["choices", "nothing"]]
    answer = await person.post(f"{path}/template-upgrade", json={"choices": {"nothing": "yours"}})
    assert answer.status_code == 400
    assert issue_paths(answer) == [["choices", "nothing"]]


async def test_a_result_that_would_go_round_in_circles_is_told_and_not_saved(person: Person, path: str) -> None:
    nodes = await nodes_of(person, path)
    edges = (await person.get(path)).json()["data"]["edges"]
    own = a_node("log")
    for source, target in ((nodes[4], own), (own, nodes[ANSWER])):
        edges.append({"id": str(uuid4()), "source": source["id"], "target": target["id"]})
    without_last = [edge for edge in edges if (edge["source"], edge["target"]) != (nodes[3]["id"], nodes[4]["id"])]
    assert (await person.patch(path, json={"nodes": [*nodes, own], "edges": without_last})).status_code == 200
    shown = (await person.get(f"{path}/template-upgrade")).json()["data"]
    assert [issue["code"] for issue in shown["issues"]] == ["cycle"]
    assert (await person.post(f"{path}/template-upgrade", json={})).status_code == 400


async def test_only_the_revision_that_was_seen_is_upgraded(person: Person, path: str) -> None:
    seen = (await person.get(f"{path}/template-upgrade")).headers["ETag"]
    await person.patch(path, json={"name": "Renamed meanwhile"})
    answer = await person.post(f"{path}/template-upgrade", json={}, headers={"If-Match": seen})
    assert answer.status_code == 412
    fresh = (await person.get(f"{path}/template-upgrade")).headers["ETag"]
    answer = await person.post(f"{path}/template-upgrade", json={}, headers={"If-Match": fresh})
    assert answer.status_code == 200
    assert answer.json()["data"]["name"] == "Renamed meanwhile"


async def test_other_peoples_workflows_are_not_there(api: Api, person: Person, path: str) -> None:
    stranger = await api.somebody()
    assert refusal(await stranger.get(f"{path}/template-upgrade")) == (404, "NOT_FOUND", "Workflow not found")
    assert (await stranger.post(f"{path}/template-upgrade", json={})).status_code == 404


async def replaced(person: Person, path: str) -> dict[str, Any]:
    """An own node in place of the answering one, on the same edges; the one that is gone."""
    graph = (await person.get(path)).json()["data"]
    gone, own = graph["nodes"][ANSWER], a_node("log")
    nodes = [own if node is gone else node for node in graph["nodes"]]
    ends = {gone["id"]: own["id"]}
    edges = [
        {**e, "source": ends.get(e["source"], e["source"]), "target": ends.get(e["target"], e["target"])}
        for e in graph["edges"]
    ]
    assert (await person.patch(path, json={"nodes": nodes, "edges": edges})).status_code == 200
    return dict(gone)


def links(graph: dict[str, Any]) -> set[tuple[str, str]]:
    labels = {node["id"]: node["label"] for node in graph["nodes"]}
    return {(labels[edge["source"]], labels[edge["target"]]) for edge in graph["edges"]}


async def test_wiring_that_would_be_lost_is_told_before_and_after(person: Person, path: str) -> None:
    await replaced(person, path)
    shown = (await person.get(f"{path}/template-upgrade")).json()["data"]
    check = next(at for at, node in enumerate(shown["nodes"]) if node["label"] == "Check")
    assert [(each["code"], each["path"]) for each in shown["warnings"]] == [
        ("lost_edge", ["nodes", check]),
        ("new_root", ["nodes", check]),
    ]
    answer = await person.post(f"{path}/template-upgrade", json={"otherwise": "mine"})
    assert answer.json()["meta"]["warnings"][:2] == shown["warnings"]


async def test_a_node_that_comes_back_is_wired_as_the_template_has_it(person: Person, path: str) -> None:
    await replaced(person, path)
    answer = await person.post(f"{path}/template-upgrade", json={"otherwise": "theirs"})
    assert answer.status_code == 200
    assert not any(
        each["code"] in {"lost_edge", "new_root"} for each in answer.json().get("meta", {}).get("warnings", [])
    )
    assert {("Retrieve Context", "RAG Answer"), ("RAG Answer", "Check")} < links(answer.json()["data"])


@pytest.fixture
async def instance(api: Api, person: Person) -> str:
    """As the first version was instantiated."""
    made = (await person.post("/api/workflow-templates/simple-rag/instantiate", json={})).json()["data"]
    workflow_id = WorkflowId(UUID(made["id"]))
    workflow = api.store.rows.workflows[workflow_id]
    assert workflow.origin is not None
    old = drawn(SIMPLE_RAG.draw(TemplateParameters()), seed=workflow_id)
    api.store.rows.workflows[workflow_id] = replace(workflow, graph=old, origin=replace(workflow.origin, version=1))
    assert {node["id"] for node in made["nodes"]} > {node.id for node in old.nodes}
    return f"/api/workflows/{made['id']}"


async def test_a_conflict_about_a_node_that_was_removed_names_it_as_it_was(person: Person, instance: str) -> None:
    gone = await replaced(person, instance)
    (conflict,) = (await person.get(f"{instance}/template-upgrade")).json()["data"]["conflicts"]
    assert (conflict["nodeId"], conflict["label"]) == (gone["id"], "RAG Answer")
    answer = await person.post(f"{instance}/template-upgrade", json={"otherwise": "theirs"})
    assert gone["id"] in {node["id"] for node in answer.json()["data"]["nodes"]}
