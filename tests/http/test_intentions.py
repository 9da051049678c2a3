"""Sent twice, done once."""

import pytest

from tests.http.api import Api, Person, issue_paths, refusal


async def test_starts_one_run_for_one_key(api: Api, person: Person) -> None:
    workflow = await person.draws()
    path, key = f"/api/workflows/{workflow}/execute", {"Idempotency-Key": "order-17"}
    first = await person.post(path, json={"payload": {"a": 1, "b": 2}}, headers=key)
    again = await person.post(
        path, content=b'{"payload":{"b":2,"a":1}}', headers={**key, "Content-Type": "application/json"}
    )
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(api.store.rows.executions) == len(api.queue.rings) == 1


async def test_refuses_another_payload_by_the_same_key(api: Api, person: Person) -> None:
    path = f"/api/workflows/{await person.draws()}/execute"
    await person.post(path, json={"payload": {"a": 1}}, headers={"Idempotency-Key": "k"})
    other = await person.post(path, json={"payload": {"a": 2}}, headers={"Idempotency-Key": "k"})
    assert refusal(other)[:2] == (409, "IDEMPOTENCY_KEY_REUSED")
    assert len(api.store.rows.executions) == 1


async def test_tells_workflows_and_people_apart(api: Api, person: Person) -> None:
    stranger, key = await api.somebody(), {"Idempotency-Key": "k"}
    for who, workflow in (
        (person, await person.draws()),
        (person, await person.draws()),
        (stranger, await stranger.draws()),
    ):
        answer = await who.post(f"/api/workflows/{workflow}/execute", json={}, headers=key)
        assert answer.status_code == 202
        assert "idempotency-replayed" not in answer.headers
    assert len(api.store.rows.executions) == 3


async def test_remembers_nothing_of_what_was_refused(person: Person) -> None:
    workflow, key = await person.draws(), {"Idempotency-Key": "k"}
    refused = await person.post(f"/api/workflows/{workflow}/execute", json={"payload": 1}, headers=key)
    assert refused.status_code == 400
    assert (await person.post(f"/api/workflows/{workflow}/execute", json={}, headers=key)).status_code == 202


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "schl\xfcssel", "a\tb"])
async def test_refuses_what_is_no_key(person: Person, key: str) -> None:
    answer = await person.post(
        f"/api/workflows/{await person.draws()}/execute",
        json={},
        headers={"Idempotency-Key": key.encode("latin-1")},
    )
    assert refusal(answer)[:2] == (400, "VALIDATION_ERROR")
    assert issue_paths(answer) == [["Idempotency-Key"]]
