"""The description of the API is complete and true, and does not change by accident."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from litestar.routes import HTTPRoute

from entrypoints.http.app import create_app
from tests.http.api import Api, Person, a_node, a_workflow, an_edge
from tests.http.routes import WITH_IDS, Route, belongings
from tests.http.snapshot import SNAPSHOT, written


@pytest.fixture(scope="module")
def api(lasting_api: Api) -> Api:
    return lasting_api


PUBLIC = {
    "/api/auth/register",
    "/api/auth/login",
    "/api/webhooks/{workflowId}",
    "/api/health",
    "/api/health/ready",
}
UNTRIED = {
    "/api/auth/login",
    "/api/webhooks/{workflowId}",
    "/api/workflows/{workflowId}/template-upgrade",
}
"""Their examples are for something that is not there."""
BARE = {"/api/health", "/api/health/ready"}
NOT_DESCRIBED = {"/docs", "/schema", "/schema/openapi.json"}


async def described(api: Api) -> dict[str, Any]:
    answer = await api.client.get("/schema/openapi.json")
    assert answer.status_code == 200
    schema: dict[str, Any] = answer.json()
    return schema


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


async def test_is_the_one_in_the_repository(api: Api) -> None:
    assert written(await described(api)) == SNAPSHOT.read_text(), (
        "The contract changed. If that is what you want: .venv/bin/python -m tests.http.snapshot"
    )


async def test_describes_every_route_and_no_other(api: Api) -> None:
    schema = await described(api)
    routed = {
        (re.sub(r"\{(\w+):str\}", r"{\1}", route.path), method.lower())
        for route in create_app(api.services()).routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS" and route.path not in NOT_DESCRIBED and not route.path.startswith("/schema")
    }
    shown = {
        (re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", path), method)
        for path, method, _ in operations(schema)
    }
    assert shown == routed
    assert (await api.client.get("/schema")).json() == schema


async def test_says_which_routes_need_a_token(api: Api) -> None:
    schema = await described(api)
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert schema["security"] == [{"bearer": []}]
    for path, _, operation in operations(schema):
        is_open = operation.get("security") == [{}]
        assert is_open == (path in PUBLIC), path
        assert is_open == ("403" not in operation["responses"])


async def test_names_every_operation_and_says_what_it_does(api: Api) -> None:
    schema = await described(api)
    names = [operation["operationId"] for _, _, operation in operations(schema)]
    assert len(set(names)) == len(names)
    for path, _, operation in operations(schema):
        assert operation["summary"].endswith("."), path
        assert operation["tags"], path


async def test_shows_plain_names_and_no_orphans(api: Api) -> None:
    text = json.dumps(await described(api))
    components = json.loads(text)["components"]["schemas"]
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in components)
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) == set(components)


async def test_describes_every_refusal_in_the_envelope(api: Api) -> None:
    schema = await described(api)
    for path, _, operation in operations(schema):
        if path not in BARE:
            assert {"429", "503"} <= set(operation["responses"]), path
            for status, response in operation["responses"].items():
                shape = response["content"]["application/json"]["schema"]["$ref"]
                assert shape.endswith("/Failure") == (int(status) >= 400), (path, status)


async def test_gives_an_example_of_every_body_that_is_one(api: Api) -> None:
    schema = await described(api)
    for path, method, operation in operations(schema):
        messages = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in (media for message in messages for media in message.get("content", {}).values()):
            shape = {**media["schema"], "components": schema["components"]}
            faults = [fault.message for fault in Draft202012Validator(shape).iter_errors(media["example"])]
            assert faults == [], (method, path)


async def test_gives_examples_that_are_taken(api: Api, person: Person) -> None:
    schema = await described(api)
    ids = await belongings(person)
    for path, method, operation in operations(schema):
        await person.post("/api/keys", json={"provider": "groq", "key": "sk-0123456789", "label": "l"})
        if "requestBody" in operation and path not in UNTRIED:
            body = operation["requestBody"]["content"]["application/json"]["example"]
            body |= {name: each for name, each in ids.items() if name in body}
            answer = await person.send(method.upper(), path.format(**ids), json=body)
            assert answer.status_code < 300, (path, answer.text)


@pytest.mark.parametrize("route", WITH_IDS, ids=str)
async def test_never_says_of_something_that_is_there_that_it_was_not_found(person: Person, route: Route) -> None:
    answer = await person.send(route.method, route.at(await belongings(person)), **route.sent)
    assert answer.status_code != 404, answer.text


async def test_describes_bodies_with_their_rules(api: Api) -> None:
    schema = await described(api)
    shape = schema["components"]["schemas"]["NewWorkflow"]
    assert shape["required"] == ["name", "nodes"]
    assert shape["properties"]["description"]["maxLength"] == 2048
    assert shape["properties"]["nodes"]["minItems"] == 1


async def test_describes_paging_as_numbers(api: Api) -> None:
    parameters = (await described(api))["paths"]["/api/workflows/active"]["get"]["parameters"]
    limit = next(each for each in parameters if each["name"] == "limit")
    assert (limit["in"], limit["required"]) == ("query", False)
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


async def test_answers_as_described(api: Api, person: Person) -> None:
    schema = await described(api)
    drawing = a_workflow(nodes=[first := a_node("manual-trigger"), last := a_node("output")])
    drawing["edges"] = [an_edge(first, last, condition="data.ok")]
    created = await person.post("/api/workflows", json=drawing)
    workflow_id = created.json()["data"]["id"]
    execution_id = await person.runs(workflow_id)
    one, run = "/api/workflows/{workflowId}", "/api/executions/{executionId}"
    exchanges = [
        ("post", "/api/workflows", created),
        ("post", "/api/workflows", await person.post("/api/workflows", json={"nodes": [{}]})),
        ("get", "/api/workflows", await person.get("/api/workflows")),
        ("get", "/api/workflows", await person.get("/api/workflows?page=0")),
        ("get", "/api/workflows/active", await person.get("/api/workflows/active")),
        ("get", "/api/node-types", await person.get("/api/node-types")),
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
        ("get", f"{run}/step-attempts", await person.get(f"/api/executions/{execution_id}/step-attempts")),
        ("get", "/api/auth/me", await person.get("/api/auth/me")),
        ("get", "/api/health", await person.get("/api/health")),
        ("get", "/api/health/ready", await person.get("/api/health/ready")),
        ("delete", one, await person.delete(f"/api/workflows/{workflow_id}")),
    ]
    for method, path, answer in exchanges:
        response = schema["paths"][path][method]["responses"][str(answer.status_code)]
        described_as = {**response["content"]["application/json"]["schema"], "components": schema["components"]}
        Draft202012Validator(described_as).validate(answer.json())


@pytest.mark.parametrize(
    "drawing", [a_workflow(), {}, a_workflow(name=" "), a_workflow(nodes=[]), a_workflow(nodes=[a_node(id="x")])]
)
async def test_describes_bodies_that_are_taken(api: Api, person: Person, drawing: dict[str, Any]) -> None:
    schema = await described(api)
    described_as = Draft202012Validator(
        {"$ref": "#/components/schemas/NewWorkflow", "components": schema["components"]}
    )
    answer = await person.post("/api/workflows", json=drawing)
    assert (answer.status_code == 201) == described_as.is_valid(drawing)


async def test_shows_a_page_for_people_that_needs_nothing_from_elsewhere(api: Api) -> None:
    page = await api.client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for path, _, _ in operations(await described(api)):
        assert path in page.text
    assert not re.search(r"https?://|<script|<link|@import|url\(", page.text)
    targets = set(re.findall(r'href="#([^"]+)"', page.text))
    assert targets <= set(re.findall(r'id="([^"]+)"', page.text))
