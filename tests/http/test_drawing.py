"""Help for whoever draws: what there is, and what is wrong with it."""

from tests.http.api import Person, a_node, a_workflow, an_edge, issue_paths


async def test_lists_every_type_of_node_with_the_schema_of_its_config(person: Person) -> None:
    listed = (await person.get("/api/node-types")).json()["data"]
    [condition] = [each for each in listed if each["type"] == "condition"]
    assert condition["category"] == "logic"
    assert condition["description"] == "Compares one value of the input and says true or false."
    assert condition["configSchema"]["required"] == ["field"]


async def test_judges_a_graph_without_saving_it(person: Person) -> None:
    nodes = [a_node("manual-trigger"), a_node("condition")]
    drawing = {"nodes": nodes, "edges": [an_edge(*nodes), an_edge(*nodes[::-1])]}
    judged = (await person.post("/api/workflows/validate", json=drawing)).json()["data"]
    assert judged["valid"] is False
    assert judged["issues"]
    assert [each["path"] for each in judged["warnings"]] == [["nodes", 1, "config", "field"]]
    saved = await person.post("/api/workflows", json=a_workflow(**drawing))
    assert issue_paths(saved) == [each["path"] for each in judged["issues"]]
    assert (await person.get("/api/workflows")).json()["data"] == []


async def test_finds_nothing_wrong_with_what_is_right(person: Person) -> None:
    judged = await person.post("/api/workflows/validate", json={"nodes": [a_node("manual-trigger")]})
    assert (judged.status_code, judged.json()["data"]) == (200, {"valid": True, "issues": [], "warnings": []})


async def test_refuses_what_is_no_graph(person: Person) -> None:
    answer = await person.post("/api/workflows/validate", json={"nodes": []})
    assert answer.status_code == 400
    assert issue_paths(answer) == [["nodes"]]
