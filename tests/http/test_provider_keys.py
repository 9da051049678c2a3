"""Keys go in and never come out."""

from datetime import timedelta

import pytest

from domain.ids import UserId
from tests.http.api import Api, Person, error_of, issue_paths, refusal

GEMINI = {"provider": "gemini", "key": "AIza-fake-key-000000000000", "label": "my gemini"}


async def added(person: Person, **parts: str) -> str:
    answer = await person.post("/api/keys", json={**GEMINI, **parts})
    assert answer.status_code == 201, answer.text
    assert set(answer.json()["data"]) == {"id"}
    return str(answer.json()["data"]["id"])


async def test_lists_the_newest_first_without_the_key(api: Api, person: Person) -> None:
    first = await added(person)
    api.clock.advance(timedelta(seconds=1))
    second = await added(person, provider="openai", label=" work ")
    listed = await person.get("/api/keys")
    assert listed.json() == {
        "success": True,
        "data": [
            {"id": second, "provider": "openai", "label": "work", "createdAt": "2026-01-01T12:00:01.000Z"},
            {"id": first, "provider": "gemini", "label": "my gemini", "createdAt": "2026-01-01T12:00:00.000Z"},
        ],
    }
    assert "AIza" not in listed.text


async def test_stores_no_key_in_the_clear(api: Api, person: Person) -> None:
    await added(person, key="  AIza-fake-key-000000000000\n")
    [kept] = api.store.rows.provider_keys.values()
    assert "AIza" not in kept.sealed + repr(kept)
    assert kept.owner_id == UserId(kept.owner_id)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({**GEMINI, "provider": "acme"}, "provider"),
        ({**GEMINI, "key": "short"}, "key"),
        ({**GEMINI, "key": "k" * 4097}, "key"),
        ({**GEMINI, "key": "two words of a key"}, "key"),
        ({**GEMINI, "key": "schlüssel-ohne-ascii"}, "key"),
        ({**GEMINI, "label": "  "}, "label"),
        ({**GEMINI, "label": "l" * 256}, "label"),
        ({"provider": "gemini", "label": "x"}, "key"),
    ],
)
async def test_refuses_what_is_no_key(person: Person, body: dict[str, str], path: str) -> None:
    answer = await person.post("/api/keys", json=body)
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    assert issue_paths(answer) == [[path]]


async def test_tells_no_key_back_in_a_refusal(person: Person) -> None:
    answer = await person.post("/api/keys", json={**GEMINI, "key": "sk secret with blanks", "provider": "acme"})
    assert "secret" not in answer.text


async def test_takes_keys_of_every_length_up_to_the_limit(person: Person) -> None:
    for length in (10, 697, 4096):
        await added(person, key="k" * length)


async def test_deletes_a_key_once(person: Person) -> None:
    key_id = await added(person)
    answer = await person.delete(f"/api/keys/{key_id}")
    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {"deleted": True}})
    assert refusal(await person.delete(f"/api/keys/{key_id}")) == (404, "NOT_FOUND", "Provider key not found")


@pytest.mark.parametrize("key_id", ["nope", "018f0000-0000-7000-8000-000000000000"])
async def test_does_not_find_what_is_not_there(person: Person, key_id: str) -> None:
    assert refusal(await person.delete(f"/api/keys/{key_id}")) == (404, "NOT_FOUND", "Provider key not found")


async def test_leaves_other_peoples_keys_alone(api: Api, person: Person) -> None:
    key_id = await added(person)
    stranger = await api.somebody()
    assert (await stranger.delete(f"/api/keys/{key_id}")).status_code == 404
    assert (await stranger.get("/api/keys")).json()["data"] == []
    assert len((await person.get("/api/keys")).json()["data"]) == 1


async def test_says_when_there_are_too_many(person: Person) -> None:
    for _ in range(100):
        await added(person)
    answer = await person.post("/api/keys", json=GEMINI)
    assert answer.status_code == 409
    assert error_of(answer)["code"] == "TOO_MANY_KEYS"
