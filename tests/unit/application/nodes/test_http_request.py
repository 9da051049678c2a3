import pytest

from application.nodes.http_request import HttpRequest
from application.nodes.node import NodeFailed
from application.ports.http_fetcher import FetchRequest
from domain.outgoing.errors import TookTooLong
from domain.values.json import Json, JsonObject
from tests.fakes.http_fetcher import FakeHttpFetcher, Page
from tests.unit.application.nodes.running import faults, run

URL = "https://api.example/items"
JSON = {"content-type": "application/json; charset=utf-8"}


async def answered(page: Page, **config: Json) -> JsonObject:
    return (await run(HttpRequest, {"url": URL, **config}, fetcher=FakeHttpFetcher({URL: page}))).data


async def asked(
    config: JsonObject, received: JsonObject | None = None, url: str = URL, *, round: int = 1
) -> FetchRequest:
    web = FakeHttpFetcher({url: Page()})
    await run(HttpRequest, {"url": url, **config}, received, fetcher=web, round=round)
    return web.received[0]


async def test_hands_on_the_answer_instead_of_the_input() -> None:
    page = Page(status=201, status_text="Created", headers=JSON, body=b'{"id": 7}')
    output = await run(HttpRequest, {"url": URL}, {"a": 1}, fetcher=FakeHttpFetcher({URL: page}))
    assert output.data == {"status": 201, "statusText": "Created", "headers": JSON, "body": {"id": 7}}
    assert output.produced == output.data


@pytest.mark.parametrize(
    ("headers", "body", "read"),
    [
        (JSON, b"[1, null]", [1, None]),
        (JSON, b"", ""),
        ({"content-type": "Application/JSON"}, b"true", True),
        ({"content-type": "application/problem+json"}, b"{}", "{}"),
        ({"content-type": "text/html; charset=latin-1"}, b"\xe9", "é"),
        ({}, b"{}", "{}"),
    ],
)
async def test_parses_json_and_takes_everything_else_as_text(headers: dict[str, str], body: bytes, read: Json) -> None:
    assert (await answered(Page(headers=headers, body=body)))["body"] == read


async def test_large_json_is_parsed_too() -> None:
    body = b"[" + b",".join([b'"x"'] * 100_000) + b"]"
    read = (await answered(Page(headers=JSON, body=body)))["body"]
    assert isinstance(read, list)
    assert len(read) == 100_000


async def test_fails_when_what_should_be_json_is_none() -> None:
    with pytest.raises(NodeFailed, match=r"The answer \(status 200\) says it is JSON but is not"):
        await answered(Page(headers=JSON, body=b"<html>"))


@pytest.mark.parametrize("depth", [129, 900, 100_000])
async def test_fails_when_json_nests_too_deep(depth: int) -> None:
    await answered(Page(headers=JSON, body=b"[" * 128 + b"]" * 128))
    with pytest.raises(NodeFailed, match="nested"):
        await answered(Page(headers=JSON, body=b"[" * depth + b"]" * depth))


@pytest.mark.parametrize("switch", [True, None, "false", 0])
async def test_fails_on_bad_statuses_with_the_beginning_of_the_body(switch: Json) -> None:
    page = Page(status=503, headers=JSON, body=b'{"error":"boom"}' + b"x" * 300)
    with pytest.raises(NodeFailed) as failed:
        await answered(page, failOnError=switch)
    assert str(failed.value) == 'HTTP request failed with status 503: {"error":"boom"}' + "x" * 184


async def test_hands_bad_statuses_on_when_told_to() -> None:
    data = await answered(Page(status=404, status_text="Not Found", body=b"no"), failOnError=False)
    assert data == {"status": 404, "statusText": "Not Found", "headers": {}, "body": "no"}


async def test_fails_when_there_is_no_answer() -> None:
    web = FakeHttpFetcher({URL: TookTooLong(0.5)})
    with pytest.raises(NodeFailed, match="HTTP request timed out after 500ms"):
        await run(HttpRequest, {"url": URL}, fetcher=web)
    with pytest.raises(NodeFailed, match="could not be found"):
        await run(HttpRequest, {"url": "http://unknown.example"}, fetcher=web)


@pytest.mark.parametrize(
    ("given", "method"),
    [({}, "GET"), ({"method": None}, "GET"), ({"method": "post"}, "POST"), ({"method": " Put "}, "PUT")],
)
async def test_takes_methods_in_any_case(given: JsonObject, method: str) -> None:
    assert (await asked(given)).method == method


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {"Content-Type": "application/json"}),
        ({"X-A": "1"}, {"Content-Type": "application/json", "X-A": "1"}),
        ({"content-type": "text/plain"}, {"content-type": "text/plain"}),
        ('{"X-A": "1"}', {"Content-Type": "application/json", "X-A": "1"}),
        ({"X-A": 1.0, "X-B": True}, {"Content-Type": "application/json", "X-A": "1", "X-B": "true"}),
    ],
)
async def test_merges_headers_over_the_default_content_type(given: Json, sent: dict[str, str]) -> None:
    assert (await asked({"headers": given})).headers == sent


@pytest.mark.parametrize(("given", "seconds"), [(None, 30), ("5000", 5), (250, 0.25), ("", 30)])
async def test_reads_its_time_limit_tolerantly(given: Json, seconds: float) -> None:
    assert (await asked({"timeoutMs": given})).time_limit == seconds


@pytest.mark.parametrize("method", ["GET", "head"])
async def test_sends_no_body_where_none_belongs(method: str) -> None:
    assert (await asked({"method": method, "body": "x"})).body is None


async def test_fills_values_of_the_input_into_url_and_body() -> None:
    received: JsonObject = {"id": "a/b", "name": 'B"ob'}
    config: JsonObject = {"url": "https://api.example/{{id}}", "method": "PUT", "body": '{"name": "{{name}}"}'}
    web = FakeHttpFetcher({"https://api.example/a%2Fb": Page()})
    await run(HttpRequest, config, received, fetcher=web)
    assert web.received[0].body == b'{"name": "B\\"ob"}'


async def test_every_attempt_carries_the_same_key() -> None:
    keys = {(await asked({"method": "POST"})).idempotency_key for _ in range(2)}
    assert len(keys) == 1
    assert None not in keys


async def test_work_that_was_rejected_is_asked_for_under_another_key() -> None:
    keys = {(await asked({"method": "POST"}, round=round)).idempotency_key for round in (1, 2, 3)}
    assert len(keys) == 3


def test_refuses_what_it_cannot_read() -> None:
    assert faults(HttpRequest, {}) == [("url", "required")]
    assert faults(HttpRequest, {"url": "{{base}}/x"}) == [("url", "bad_url")]
    assert faults(HttpRequest, {"url": "ftp://x"}) == [("url", "bad_url")]
    assert faults(HttpRequest, {"url": URL, "method": ""}) == [("method", "unknown_choice")]
    assert faults(HttpRequest, {"url": URL, "method": "TRACE"}) == [("method", "unknown_choice")]
    assert faults(HttpRequest, {"url": URL, "timeoutMs": "soon"}) == [("timeoutMs", "wrong_type")]
    assert faults(HttpRequest, {"url": URL, "timeoutMs": 0}) == [("timeoutMs", "out_of_range")]
    assert faults(HttpRequest, {"url": URL, "headers": {"a": {}}, "body": 1}) == [
        ("headers.a", "wrong_type"),
        ("body", "wrong_type"),
    ]
