import re
from typing import Any

from jsonschema import Draft202012Validator

from tests.http.api import Api, Person, a_node, a_workflow, an_edge

ROUTES = {
    ("post", "/api/auth/register"),
    ("post", "/api/auth/login"),
    ("get", "/api/auth/me"),
    ("post", "/api/workflows"),
    ("get", "/api/workflows"),
    ("get", "/api/workflows/active"),
    ("get", "/api/workflows/{workflow_id}"),
    ("patch", "/api/workflows/{workflow_id}"),
    ("delete", "/api/workflows/{workflow_id}"),
    ("post", "/api/workflows/{workflow_id}/execute"),
    ("get", "/api/workflows/{workflow_id}/executions"),
    ("get", "/api/executions/{execution_id}"),
    ("post", "/api/executions/{execution_id}/stop"),
    ("get", "/api/health"),
    ("get", "/api/health/ready"),
}
PUBLIC = {"/api/auth/register", "/api/auth/login", "/api/health", "/api/health/ready"}


async def described(api: Api) -> dict[str, Any]:
    answer = await api.client.get("/schema/openapi.json")
    assert answer.status_code == 200
    schema: dict[str, Any] = answer.json()
    return schema


async def test_describes_every_route(api: Api) -> None:
    schema = await described(api)
    assert schema["info"]["title"] == "REX"
    assert {(method, path) for path, item in schema["paths"].items() for method in item} >= ROUTES
    assert (await api.client.get("/schema")).json() == schema


async def test_says_which_routes_need_a_token(api: Api) -> None:
    schema = await described(api)
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert schema["security"] == [{"bearer": []}]
    for method, path in ROUTES:
        is_open = schema["paths"][path][method].get("security") == [{}]
        assert is_open == (path in PUBLIC), path


async def test_describes_bodies_with_their_rules(api: Api) -> None:
    schema = await described(api)
    body = schema["paths"]["/api/workflows"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    shape = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    assert shape["required"] == ["name", "nodes"]
    assert shape["properties"]["description"]["maxLength"] == 2048
    assert shape["properties"]["nodes"]["minItems"] == 1


async def test_describes_paging_as_numbers(api: Api) -> None:
    parameters = (await described(api))["paths"]["/api/workflows/active"]["get"]["parameters"]
    limit = next(each for each in parameters if each["name"] == "limit")
    assert (limit["in"], limit["required"]) == ("query", False)
    shape = {key: value for key, value in limit["schema"].items() if key != "description"}
    assert shape == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


async def test_describes_every_refusal_in_the_envelope(api: Api) -> None:
    schema = await described(api)
    for method, path in ROUTES - {("get", "/api/health"), ("get", "/api/health/ready")}:
        for status, response in schema["paths"][path][method]["responses"].items():
            shape = response["content"]["application/json"]["schema"]["$ref"]
            assert ("Failure" in shape) == (int(status) >= 400), (path, status)


async def test_answers_as_described(api: Api, person: Person) -> None:
    schema = await described(api)
    drawing = a_workflow(nodes=[first := a_node("manual-trigger"), last := a_node("output")])
    drawing["edges"] = [an_edge(first, last, condition="data.ok")]
    created = await person.post("/api/workflows", json=drawing)
    workflow_id = created.json()["data"]["id"]
    execution_id = await person.runs(workflow_id)
    one, run = "/api/workflows/{workflow_id}", "/api/executions/{execution_id}"
    exchanges = [
        ("post", "/api/workflows", created),
        ("post", "/api/workflows", await person.post("/api/workflows", json={"nodes": [{}]})),
        ("get", "/api/workflows", await person.get("/api/workflows")),
        ("get", "/api/workflows", await person.get("/api/workflows?page=0")),
        ("get", "/api/workflows/active", await person.get("/api/workflows/active")),
        ("get", one, await person.get(f"/api/workflows/{workflow_id}")),
        ("get", one, await person.get("/api/workflows/nope")),
        (
            "patch",
            one,
            await person.patch(f"/api/workflows/{workflow_id}", json={"nodes": [a_node("llm")], "edges": []}),
        ),
        ("get", f"{one}/executions", await person.get(f"/api/workflows/{workflow_id}/executions")),
        ("post", f"{run}/stop", await person.post(f"/api/executions/{execution_id}/stop")),
        ("get", run, await person.get(f"/api/executions/{execution_id}")),
        ("get", "/api/auth/me", await person.get("/api/auth/me")),
        ("get", "/api/health", await person.get("/api/health")),
        ("get", "/api/health/ready", await person.get("/api/health/ready")),
        ("delete", one, await person.delete(f"/api/workflows/{workflow_id}")),
    ]
    for method, path, answer in exchanges:
        response = schema["paths"][path][method]["responses"][str(answer.status_code)]
        described_as = {**response["content"]["application/json"]["schema"], "components": schema["components"]}
        Draft202012Validator(described_as).validate(answer.json())


async def test_describes_bodies_that_are_taken(api: Api, person: Person) -> None:
    schema = await described(api)
    body = schema["paths"]["/api/workflows"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    described_as = Draft202012Validator({**body, "components": schema["components"]})
    for drawing in (a_workflow(), {}, a_workflow(name=" "), a_workflow(nodes=[]), a_workflow(nodes=[a_node(id="x")])):
        answer = await person.post("/api/workflows", json=drawing)
        assert (answer.status_code == 201) == described_as.is_valid(drawing), drawing


async def test_shows_a_page_for_people_that_needs_nothing_from_elsewhere(api: Api) -> None:
    page = await api.client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for _, path in ROUTES:
        assert path in page.text
    assert not re.search(r"https?://|<script|<link|@import|url\(", page.text)
    targets = set(re.findall(r'href="#([^"]+)"', page.text))
    assert targets <= set(re.findall(r'id="([^"]+)"', page.text))
