import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs
from structlog.typing import EventDict

from entrypoints.settings import Mode
from tests.http.api import Api, Person, a_node, refusal, running_api

LOCAL = "http://localhost:3000"


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Api]:
    """In production, with one web client of its own."""
    async with running_api(Mode.PRODUCTION, origins="https://app.example.com", data_dir=tmp_path) as api:
        yield api


async def test_answers_in_utf8_json_that_is_neither_stored_nor_guessed_at(api: Api) -> None:
    for answer in (await api.client.get("/api/health"), await api.client.get("/api/nope")):
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize(
    "path", ["/api/auth/me", "/api/workflows", "/api/workflows/active", "/api/health", "/api/health/ready", "/docs"]
)
async def test_answers_head_like_get_without_the_body(person: Person, path: str) -> None:
    plain = {"Accept-Encoding": "identity"}
    get, head = await person.get(path, headers=plain), await person.send("HEAD", path, headers=plain)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-length"] == str(len(get.content))


async def test_answers_head_of_what_is_not_there_without_a_body(person: Person) -> None:
    answer = await person.send("HEAD", "/api/workflows/none")
    assert (answer.status_code, answer.content) == (404, b"")


async def test_gives_every_answer_an_id_of_its_own(api: Api, person: Person) -> None:
    answers = [
        await api.client.get("/api/health"),
        await api.client.get("/api/nope"),
        await api.client.get("/api/auth/me"),
        await api.client.put("/api/health"),
        await api.client.options("/api/health", headers={"Origin": LOCAL}),
        await person.post("/api/workflows", json={}),
    ]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


async def test_keeps_an_id_that_the_caller_chose(api: Api) -> None:
    answer = await api.client.get("/api/health", headers={"X-Request-Id": "trace-1.a:B_2"})
    assert answer.headers["x-request-id"] == "trace-1.a:B_2"


@pytest.mark.parametrize("odd", [b"", b"a b", b"x" * 129, b"\xff", b'"><script>', b"a\tb"])
async def test_replaces_ids_that_nobody_should_log(api: Api, odd: bytes) -> None:
    answer = await api.client.get("/api/health", headers=[(b"X-Request-Id", odd)])
    assert answer.headers["x-request-id"].encode() != odd
    assert answer.headers["x-request-id"].isalnum()


async def test_logs_under_the_id_of_the_request(api: Api, person: Person) -> None:
    api.store.is_down = True
    with capture_logs(processors=[with_context]) as logs:
        await person.get("/api/workflows", headers={"X-Request-Id": "mine"})
    assert {line["request_id"] for line in logs} == {"mine"}
    assert "request_id" not in get_contextvars()


def with_context(_: object, __: str, line: EventDict) -> EventDict:
    return {**get_contextvars(), **line}


@pytest.mark.parametrize("origin", [LOCAL, "http://127.0.0.1:5173", "https://localhost", "http://[::1]:8080"])
async def test_lets_web_clients_of_this_machine_in_during_development(api: Api, origin: str) -> None:
    answer = await api.client.get("/api/health", headers={"Origin": origin})
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "http://evil.example#localhost", "null", ""]
)
async def test_lets_no_other_origin_in(api: Api, origin: str) -> None:
    answer = await api.client.get("/api/health", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers


async def test_lets_in_only_who_is_on_the_list_in_production(guarded: Api) -> None:
    async def allowed(origin: str) -> object:
        answer = await guarded.client.get("/api/health", headers={"Origin": origin})
        return answer.headers.get("access-control-allow-origin")

    assert await allowed("https://app.example.com") == "https://app.example.com"
    assert await allowed("https://appXexample.com") is None
    assert await allowed(LOCAL) is None


async def test_tells_web_clients_about_refusals_too(api: Api, person: Person) -> None:
    api.store.defect = RuntimeError()
    with capture_logs():
        for path in ("/api/nope", "/api/auth/me", "/api/workflows?page=0"):
            answer = await person.get(path, headers={"Origin": LOCAL})
            assert answer.headers["access-control-allow-origin"] == LOCAL


async def test_answers_preflights_without_a_token(api: Api) -> None:
    asked = {
        "Origin": LOCAL,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,if-match",
    }
    answer = await api.client.options("/api/workflows/x", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == LOCAL
    assert answer.headers["access-control-allow-credentials"] == "true"
    methods = set(answer.headers["access-control-allow-methods"].split(", "))
    assert methods == {"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"}
    headers = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "if-match"} <= set(headers)


async def test_refuses_preflights_of_other_origins(guarded: Api) -> None:
    asked = {"Origin": LOCAL, "Access-Control-Request-Method": "POST"}
    answer = await guarded.client.options("/api/workflows", headers=asked)
    assert refusal(answer) == (403, "FORBIDDEN", "This origin may not call REX: add it to REX_CORS_ORIGINS")
    assert "access-control-allow-origin" not in answer.headers


async def test_says_which_methods_there_are_without_a_token(api: Api) -> None:
    assert (await api.client.options("/api/health")).status_code == 204


async def packed(person: Person, path: str, accepted: str) -> tuple[str | None, bytes]:
    async with person.client.stream(
        "GET", path, headers={"Authorization": f"Bearer {person.token}", "Accept-Encoding": accepted}
    ) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
        assert answer.headers["content-length"] == str(len(raw))
        assert "Accept-Encoding" in answer.headers["vary"]
        return answer.headers.get("content-encoding"), raw


@pytest.mark.parametrize("size", [5000, 200_000])
async def test_sends_large_answers_compressed_to_those_who_ask_for_it(person: Person, size: int) -> None:
    workflow_id = await person.draws(nodes=[a_node(config={"text": "x" * size})])
    path = f"/api/workflows/{workflow_id}"
    _, plain = await packed(person, path, "identity")
    for accepted in ("gzip, deflate, br", "GZIP", "br;q=1.0, gzip;q=0.5"):
        encoding, body = await packed(person, path, accepted)
        assert encoding == "gzip"
        assert len(body) < len(plain) / 4
        assert gzip.decompress(body) == plain
    for declined in ("identity", "br", "gzip;q=0", "gzip; q=0.00, br", "notgzip"):
        assert await packed(person, path, declined) == (None, plain)


async def test_sends_small_answers_as_they_are(person: Person) -> None:
    encoding, _ = await packed(person, "/api/auth/me", "gzip")
    assert encoding is None


async def test_tells_every_method_of_a_path(person: Person) -> None:
    expected = {
        "/api/workflows": "GET, HEAD, OPTIONS, POST",
        f"/api/workflows/{await person.draws()}": "DELETE, GET, HEAD, OPTIONS, PATCH",
        "/api/auth/tokens": "GET, HEAD, OPTIONS, POST",
        "/api/auth/login": "OPTIONS, POST",
        "/api/executions/nope": "DELETE, GET, HEAD, OPTIONS",
    }
    for path, methods in expected.items():
        assert (await person.send("OPTIONS", path)).headers["allow"] == methods, path
        refused = await person.send("PUT", path)
        assert refused.status_code == 405
        assert set(refused.headers["allow"].split(", ")) | {"OPTIONS"} == set(methods.split(", ")), path


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"Access-Control-Request-Method": "BREW"}, "no other method"),
        ({"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "content-type, x-foo"}, "x-foo"),
    ],
)
async def test_says_what_a_web_page_may_not_send(api: Api, asked: dict[str, str], named: str) -> None:
    answer = await api.client.options("/api/workflows", headers={"Origin": LOCAL, **asked})
    assert refusal(answer)[:2] == (403, "FORBIDDEN")
    assert named in refusal(answer)[2]
