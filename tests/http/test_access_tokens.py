"""Tokens for programs: less than a person may, for a while, until they are revoked."""

from datetime import timedelta
from typing import Any

import pytest

from tests.http.api import Api, Person, error_of, issue_paths, refusal

ORDER = {"name": "deploy script", "scopes": ["read"], "expiresInDays": 30}


async def made(person: Person, *scopes: str) -> dict[str, Any]:
    answer = await person.post("/api/auth/tokens", json={**ORDER, "scopes": list(scopes)})
    assert answer.status_code == 201, answer.text
    token: dict[str, Any] = answer.json()["data"]
    return token


def as_program(person: Person, token: dict[str, Any]) -> Person:
    return Person(person.client, person.user, token["token"])


async def test_shows_the_secret_once(person: Person) -> None:
    token = await made(person, "run", "read")
    assert token.pop("token").startswith("rex_")
    listed = await person.get("/api/auth/tokens")
    assert listed.json() == {"success": True, "data": [token]}
    assert token["scopes"] == ["read", "run"]
    assert token["expiresAt"] == "2026-01-31T12:00:00.000Z"
    assert token["lastUsedAt"] is None


async def test_keeps_only_a_digest(api: Api, person: Person) -> None:
    token = await made(person, "read")
    [kept] = api.store.rows.access_tokens.values()
    assert token["token"] not in repr(kept)
    assert kept.digest.hex() not in repr(kept)


async def test_does_what_its_scopes_allow_and_nothing_else(person: Person) -> None:
    workflow = await person.draws()
    run = await person.runs(workflow)
    allowed = {
        "read": [("GET", "/api/workflows"), ("GET", f"/api/executions/{run}"), ("GET", "/api/auth/me")],
        "run": [("POST", f"/api/workflows/{workflow}/execute"), ("POST", f"/api/executions/{run}/stop")],
        "write": [("PATCH", f"/api/workflows/{workflow}"), ("DELETE", f"/api/executions/{run}")],
    }
    for scope, mine in allowed.items():
        program = as_program(person, await made(person, scope))
        for other, calls in allowed.items():
            for method, path in calls:
                if other != scope:
                    answer = await program.send(method, path, json={})
                    assert refusal(answer) == (403, "FORBIDDEN", f'This access token lacks the scope "{other}"')
        for method, path in mine:
            assert (await program.send(method, path, json={})).status_code in (200, 202)


async def test_keeps_programs_away_from_keys_and_tokens(person: Person) -> None:
    program = as_program(person, await made(person, "read", "run", "write"))
    workflow = await person.draws()
    for method, path in (
        ("POST", "/api/auth/tokens"),
        ("GET", "/api/auth/tokens"),
        ("DELETE", "/api/auth/tokens/x"),
        ("POST", "/api/auth/logout-everywhere"),
        ("POST", "/api/keys"),
        ("DELETE", "/api/keys/x"),
        ("POST", f"/api/workflows/{workflow}/webhook/secrets"),
        ("DELETE", f"/api/workflows/{workflow}/webhook/secrets/x"),
    ):
        answer = await program.send(method, path, json={})
        assert refusal(answer)[:2] == (403, "FORBIDDEN"), path
    assert (await program.get("/api/keys")).status_code == 200


async def test_dies_when_it_expires(api: Api, person: Person) -> None:
    program = as_program(person, await made(person, "read"))
    assert (await program.get("/api/auth/me")).status_code == 200
    api.clock.advance(timedelta(days=30))
    for _ in range(2):
        assert refusal(await program.get("/api/auth/me")) == (401, "UNAUTHORIZED", "Invalid or expired token")


async def test_dies_at_once_when_it_is_revoked(person: Person) -> None:
    token = await made(person, "read")
    program = as_program(person, token)
    assert (await program.get("/api/auth/me")).status_code == 200
    assert (await person.delete(f"/api/auth/tokens/{token['id']}")).json()["data"] == {"deleted": True}
    assert (await program.get("/api/auth/me")).status_code == 401
    assert (await person.get("/api/auth/me")).status_code == 200
    again = await person.delete(f"/api/auth/tokens/{token['id']}")
    assert refusal(again) == (404, "NOT_FOUND", "Access token not found")


async def test_notes_when_it_was_used(api: Api, person: Person) -> None:
    program = as_program(person, await made(person, "read"))
    api.clock.advance(timedelta(minutes=5))
    await program.get("/api/auth/me")
    [token] = (await person.get("/api/auth/tokens")).json()["data"]
    assert token["lastUsedAt"] == "2026-01-01T12:05:00.000Z"


async def test_logs_out_everywhere_at_once(person: Person) -> None:
    program = as_program(person, await made(person, "read"))
    assert (await program.get("/api/auth/me")).status_code == 200
    answer = await person.post("/api/auth/logout-everywhere")
    assert (answer.status_code, answer.json()["data"]) == (200, {"loggedOut": True})
    for dead in (person, program):
        assert (await dead.get("/api/auth/me")).status_code == 401
    signed_in = await person.client.post(
        "/api/auth/login", json={"email": person.user["email"], "password": "correct horse 1"}
    )
    alive = Person(person.client, person.user, signed_in.json()["data"]["token"])
    assert (await alive.get("/api/auth/me")).status_code == 200
    assert (await alive.get("/api/auth/tokens")).json()["data"] == []


async def test_leaves_other_peoples_tokens_alone(api: Api, person: Person) -> None:
    token = await made(person, "read")
    stranger = await api.somebody()
    assert (await stranger.delete(f"/api/auth/tokens/{token['id']}")).status_code == 404
    assert (await stranger.get("/api/auth/tokens")).json()["data"] == []
    assert (await as_program(person, token).get("/api/auth/me")).status_code == 200


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"name": " "}, ["name"]),
        ({"scopes": []}, ["scopes"]),
        ({"scopes": ["read", "admin"]}, ["scopes", 1]),
        ({"expiresInDays": 0}, ["expiresInDays"]),
        ({"expiresInDays": 367}, ["expiresInDays"]),
        ({"expiresInDays": 1.5}, ["expiresInDays"]),
        ({"expiresInDays": "30"}, ["expiresInDays"]),
    ],
)
async def test_refuses_orders_that_make_no_sense(person: Person, parts: dict[str, Any], path: list[str | int]) -> None:
    answer = await person.post("/api/auth/tokens", json={**ORDER, **parts})
    assert refusal(answer)[:2] == (400, "VALIDATION_ERROR")
    assert issue_paths(answer) == [path]


async def test_says_when_there_are_too_many(person: Person) -> None:
    for _ in range(100):
        await made(person, "read")
    answer = await person.post("/api/auth/tokens", json=ORDER)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "TOO_MANY_TOKENS")


@pytest.mark.parametrize("token", ["rex_", "rex_" + "a" * 43, "rex_\xff", "rex_" + "a" * 100_000])
async def test_refuses_tokens_that_nobody_made(person: Person, token: str) -> None:
    answer = await person.client.get("/api/auth/me", headers=[(b"Authorization", f"Bearer {token}".encode("latin-1"))])
    assert answer.status_code == 401
