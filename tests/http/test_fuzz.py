"""Whatever is sent, the answer is ours: in the envelope, and never a mishap."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.http.api import Person, a_node, a_workflow, an_edge, running_api

ONCE_FOR_ALL = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
SEGMENTS = st.sampled_from(["api", "auth", "workflows", "active", "executions", "execute", "stop", "schema", "docs"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
DRAWING = a_workflow(nodes=[first := a_node("manual-trigger"), last := a_node("output")], edges=[an_edge(first, last)])
SCHEDULE = a_node("schedule-trigger", config={"cron": "0 9 * * 1", "timezone": "UTC"})


@pytest.fixture(scope="module")
async def person(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Person]:
    data_dir: Path = tmp_path_factory.mktemp("fuzz")
    async with running_api(data_dir=data_dir) as api:
        yield await api.somebody()


@st.composite
def dented(draw: st.DrawFn, whole: Any = DRAWING) -> Any:
    """Something right with one of its parts replaced or removed."""
    if isinstance(whole, dict | list) and whole and draw(st.integers(0, 4)):
        copy = dict(whole) if isinstance(whole, dict) else list(whole)
        part = draw(st.sampled_from(list(copy) if isinstance(copy, dict) else list(range(len(copy)))))
        if isinstance(copy, dict) and not draw(st.integers(0, 5)):
            del copy[part]
        else:
            copy[part] = draw(dented(copy[part]))
        return copy
    return draw(JSON)


async def send(person: Person, method: str, path: str, **more: Any) -> int:
    answer = await person.send(method, path, **more)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and method != "HEAD":
        assert answer.json()["success"] is False
    return answer.status_code


@ONCE_FOR_ALL
@given(METHODS, st.lists(SEGMENTS | st.text(max_size=12).map(lambda text: quote(text, safe="")), max_size=5), st.text())
async def test_no_address_is_a_mishap(person: Person, method: str, segments: list[str], query: str) -> None:
    path = "/".join(segments)
    await send(person, method, f"http://rex.test/{path}?{quote(query, safe='=&')}", json={})


@ONCE_FOR_ALL
@given(st.sampled_from(["page", "limit"]), st.text() | st.integers().map(str) | st.floats().map(str))
@example("page", "9" * 5000)
async def test_no_page_is_a_mishap(person: Person, name: str, text: str) -> None:
    for path in ("/api/workflows", "/api/workflows/active"):
        await send(person, "GET", path, params={name: text})


@ONCE_FOR_ALL
@given(
    st.sampled_from(["/api/auth/register", "/api/auth/login", "/api/workflows"]),
    st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["application/json", "text/plain", "application/xml", ""]) | st.text("abc/;=+ \"'", max_size=12),
)
@example("/api/workflows", b'{"name":' * 20_000, "application/json")
@example("/api/workflows", b'"', "application/json")
async def test_no_body_is_a_mishap(person: Person, path: str, body: bytes, media_type: str) -> None:
    await send(person, "POST", path, content=body, headers={"Content-Type": media_type} if media_type else {})


@ONCE_FOR_ALL
@given(dented() | dented({**DRAWING, "nodes": [first, SCHEDULE]}))
async def test_no_drawing_is_a_mishap(person: Person, drawing: Any) -> None:
    body = json.dumps(drawing).encode()
    for method, path in (("POST", "/api/workflows"), ("PATCH", f"/api/workflows/{await person.draws()}")):
        status = await send(person, method, path, content=body, headers={"Content-Type": "application/json"})
        assert status in (200, 201, 400)


@ONCE_FOR_ALL
@given(JSON)
async def test_keeps_every_payload_as_it_was_sent_or_refuses_it(person: Person, payload: Any) -> None:
    workflow_id = await person.draws()
    answer = await person.post(f"/api/workflows/{workflow_id}/execute", json={"payload": payload})
    if answer.status_code == 202:
        detail = await person.get(f"/api/executions/{answer.json()['data']['executionId']}")
        assert detail.json()["data"]["triggerPayload"] == payload
    else:
        assert answer.status_code == 400
        assert "\\u0000" in json.dumps(payload) or not isinstance(payload, dict)
