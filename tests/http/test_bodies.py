from collections.abc import AsyncIterator

import httpx
import pytest

from tests.http.api import Api, Person, a_node, a_workflow, error_of, issue_paths, refusal


@pytest.fixture(scope="module")
def api(lasting_api: Api) -> Api:
    return lasting_api


MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}


async def sent(person: Person, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return await person.post("/api/workflows", content=body, headers=JSON if headers is None else headers)


def named(name: bytes) -> bytes:
    return b'{"name":%s,"nodes":[{"id":"7f1ff8a8-1fb0-4b51-a4ac-d1d2e7a0ae51",' % name + (
        b'"type":"log","label":"L","position":{"x":0,"y":0},"config":{}}]}'
    )


@pytest.mark.parametrize(
    "body",
    [b"{", b"{}x", b"nope", b"{'a':1}", b'{"a":}', b"\xef\xbb\xbf{}", b'"', b'{"name":"\n"}', b"NaN", b"[1,]", b"\x00"],
)
async def test_refuses_what_is_no_json(person: Person, body: bytes) -> None:
    assert refusal(await sent(person, body)) == (400, "BAD_REQUEST", "This is not valid JSON")


async def test_refuses_an_empty_body_that_claims_to_be_json(person: Person) -> None:
    assert refusal(await sent(person, b"")) == (400, "BAD_REQUEST", "The body is empty")


async def test_misses_a_body_that_was_never_sent(person: Person) -> None:
    answer = await sent(person, b"", {})
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    assert error_of(answer)["details"]["formErrors"] == ["Required"]


@pytest.mark.parametrize(
    ("body", "kind"), [(b"null", "null"), (b"[1]", "array"), (b'"x"', "string"), (b"5", "number"), (b"true", "boolean")]
)
async def test_wants_an_object(person: Person, body: bytes, kind: str) -> None:
    answer = await sent(person, body)
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    details = error_of(answer)["details"]
    assert (details["formErrors"], details["fieldErrors"]) == ([f"Expected object, received {kind}"], {})


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "application/xml", "text/html", "multipart/form-data; boundary=x", "json"],
)
async def test_refuses_other_media_types(person: Person, media_type: str) -> None:
    answer = await sent(person, b"{}", {"Content-Type": media_type})
    assert refusal(answer) == (415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json or text/plain")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/ld+json"])
async def test_takes_json_under_each_of_its_names(person: Person, media_type: str) -> None:
    assert (await sent(person, named(b'"n"'), {"Content-Type": media_type})).status_code == 201


async def test_takes_a_body_that_does_not_say_what_it_is_for_json(person: Person) -> None:
    assert (await sent(person, named(b'"n"'), {})).status_code == 201


async def test_takes_bodies_up_to_ten_mebibytes(person: Person) -> None:
    body = named(b'"n"')
    assert (await sent(person, body + b" " * (10 * MIB - len(body)))).status_code == 201
    answer = await sent(person, body + b" " * (10 * MIB - len(body) + 1))
    assert refusal(answer) == (413, "PAYLOAD_TOO_LARGE", "The body is too large")


async def test_counts_for_itself_when_nobody_says_how_long_the_body_is(person: Person) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * MIB

    answer = await person.post("/api/workflows", content=pieces(), headers=JSON)
    assert refusal(answer) == (413, "PAYLOAD_TOO_LARGE", "The body is too large")


async def test_counts_for_itself_when_the_length_is_a_lie(person: Person) -> None:
    answer = await sent(person, b" " * (11 * MIB), {**JSON, "Content-Length": "2"})
    assert answer.status_code == 413


async def test_refuses_a_length_that_is_no_number(person: Person) -> None:
    answer = await sent(person, b"{}", {**JSON, "Content-Length": "many"})
    assert (answer.status_code, error_of(answer)["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"name":"x","nodes":' + b"[" * 100_000])
async def test_refuses_bodies_that_nest_without_end(person: Person, body: bytes) -> None:
    answer = await sent(person, body)
    assert refusal(answer) == (400, "BAD_REQUEST", "JSON must not be nested deeper than 128")


@pytest.mark.parametrize(("depth", "status"), [(124, 201), (125, 400)])
async def test_knows_how_deep_is_too_deep(person: Person, depth: int, status: int) -> None:
    config = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
    answer = await sent(person, named(b'"n"').replace(b'"config":{}', b'"config":' + config))
    assert answer.status_code == status


async def test_counts_no_brackets_inside_of_texts(person: Person) -> None:
    assert (await sent(person, named(b'"n","description":"' + rb"[{\"\\[" * 400 + b'"'))).status_code == 201


async def test_many_brackets_side_by_side_are_not_deep(person: Person) -> None:
    config: dict[str, list[object]] = {str(number): [[], {}] for number in range(1000)}
    answer = await person.post("/api/workflows", json=a_workflow(nodes=[a_node(config=config)]))
    assert answer.json()["data"]["nodes"][0]["config"] == config


@pytest.mark.parametrize(
    "name", [b'"a\\u0000"', b'"\\\\\\u0000"', b'"n","extra":{"\\u0000":1}', b'"n","x":["\\u0000"]']
)
async def test_refuses_nul_characters_anywhere(person: Person, name: bytes) -> None:
    assert refusal(await sent(person, named(name))) == (400, "BAD_REQUEST", "NUL characters are not allowed")


@pytest.mark.parametrize("name", [b'"\\\\u0000"', b'"a\\\\\\\\u0000"', b'"u0000"'])
async def test_a_backslash_before_u0000_is_just_text(person: Person, name: bytes) -> None:
    assert (await sent(person, named(name))).status_code == 201


@pytest.mark.parametrize("name", [b'"\xff"', b'"\xed\xa0\x80"', b'"n","extra":"\xc3"', b'"n","\xff":1'])
async def test_refuses_what_is_not_utf8(person: Person, name: bytes) -> None:
    assert refusal(await sent(person, named(name))) == (400, "BAD_REQUEST", "The body is not UTF-8")


@pytest.mark.parametrize("name", [b'"\\ud800"', b'"\\udc00x"', b'"n","extra":"\\ud800"', b'"n","\\ud800":1'])
async def test_refuses_half_characters(person: Person, name: bytes) -> None:
    assert refusal(await sent(person, named(name))) == (400, "BAD_REQUEST", "This is not valid JSON")


async def test_takes_every_other_character(person: Person) -> None:
    answer = await sent(person, named(b'"\\ud83d\\ude00 \\u0001 \\u007f \xd8\xb3"'))
    assert answer.status_code == 201
    assert answer.json()["data"]["name"] == "\U0001f600 \u0001 \u007f س"


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" * 5000])
async def test_refuses_numbers_that_no_type_can_hold(person: Person, number: bytes) -> None:
    answer = await sent(person, named(b'"n"').replace(b'"x":0', b'"x":' + number))
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    assert error_of(answer)["details"]["issues"][0]["path"] == ["nodes", 0, "position", "x"]


async def test_says_no_more_than_somebody_could_read(person: Person) -> None:
    answer = await person.post("/api/workflows", json={"name": "x", "nodes": [5] * 5000})
    assert len(error_of(answer)["details"]["issues"]) == 1000


async def test_names_every_missing_field_beside_a_number_that_is_too_large(api: Api) -> None:
    for number in (b"1e999", b"9" * 5000):
        answer = await api.client.post(
            "/api/auth/register", content=b'{"extra": %b}' % number, headers={"content-type": "application/json"}
        )
        assert issue_paths(answer) == [["email"], ["name"], ["password"]]
