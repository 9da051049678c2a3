"""Other systems start runs: of workflows that listen, signed where they must be, once each."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.executions.execution import TriggerSource
from domain.webhooks.signature import sign
from entrypoints.http.app import create_app
from tests.http.api import Api, Person, a_node, refusal, running_api

NOBODY = (404, "NOT_FOUND", "Workflow not found or inactive")


async def listening(person: Person) -> str:
    workflow = await person.draws(nodes=[a_node("webhook-trigger"), a_node("output")])
    await person.patch(f"/api/workflows/{workflow}", json={"status": "active"})
    return workflow


async def post(api: Api, workflow: str, body: bytes = b"{}", **headers: str) -> httpx.Response:
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await api.client.post(f"/api/webhooks/{workflow}", content=body, headers=sent)


async def secret_of(person: Person, workflow: str) -> tuple[str, str]:
    answer = await person.post(f"/api/workflows/{workflow}/webhook/secrets")
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]["id"], answer.json()["data"]["secret"]


async def state(person: Person, workflow: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await person.get(f"/api/workflows/{workflow}/webhook")).json()["data"]
    return shown


def payload(api: Api, answer: httpx.Response) -> Any:
    assert answer.status_code == 202, answer.text
    [run] = [
        each for each in api.store.rows.executions.values() if str(each.id) == answer.json()["data"]["executionId"]
    ]
    assert run.trigger is TriggerSource.WEBHOOK
    return run.payload


async def test_starts_a_run_in_the_name_of_the_owner(api: Api, person: Person) -> None:
    workflow = await listening(person)
    answer = await post(api, workflow, b'{"value": 3}')
    assert payload(api, answer) == {"value": 3}
    run = answer.json()["data"]["executionId"]
    assert (await person.get(f"/api/executions/{run}")).json()["data"]["triggerPayload"] == {"value": 3}
    assert len(api.queue.rings) == 1


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (b"[1, 2]", "application/json", {"body": [1, 2]}),
        (b'"text"', "application/json", {"body": "text"}),
        (b"null", "application/json", {"body": None}),
        (b"7", "application/vnd.acme+json", {"body": 7}),
        ("grüße".encode(), "text/plain", {"body": "grüße"}),
        (b'{"a": 1}', "text/plain; charset=utf-8", {"body": '{"a": 1}'}),
        (b'{"body": 1}', "application/json", {"body": 1}),
    ],
)
async def test_wraps_what_is_no_object(
    api: Api, person: Person, body: bytes, media_type: str, expected: object
) -> None:
    answer = await post(api, await listening(person), body, Content_Type=media_type)
    assert payload(api, answer) == expected


async def test_takes_a_call_without_a_body(api: Api, person: Person) -> None:
    workflow = await listening(person)
    assert payload(api, await api.client.post(f"/api/webhooks/{workflow}")) == {}
    assert payload(api, await post(api, workflow, b"")) == {}


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (b"{", "application/json", (400, "BAD_REQUEST")),
        (b"\xff", "text/plain", (400, "BAD_REQUEST")),
        (b"a\0b", "text/plain", (400, "BAD_REQUEST")),
        (b"[" * 500, "application/json", (400, "BAD_REQUEST")),
        (b"a=1", "application/x-www-form-urlencoded", (415, "UNSUPPORTED_MEDIA_TYPE")),
    ],
)
async def test_refuses_bodies_that_say_nothing(
    api: Api, person: Person, body: bytes, media_type: str, expected: tuple[int, str]
) -> None:
    answer = await post(api, await listening(person), body, Content_Type=media_type)
    assert refusal(answer)[:2] == expected


async def test_finds_nobody_who_listens(api: Api, person: Person) -> None:
    deaf = await person.draws(nodes=[a_node("manual-trigger")])
    await person.patch(f"/api/workflows/{deaf}", json={"status": "active"})
    inactive = await person.draws(nodes=[a_node("webhook-trigger")])
    for workflow in (deaf, inactive, str(uuid4()), "nope"):
        assert refusal(await post(api, workflow)) == NOBODY
    assert (await state(person, deaf))["deafBecause"] == "no-webhook-trigger"
    shown = await state(person, inactive)
    assert (shown["listens"], shown["deafBecause"]) == (False, "inactive")
    assert [(each["reason"], each["count"]) for each in shown["refusals"]] == [("inactive", 1)]


async def test_answers_other_methods_with_what_it_takes(api: Api, person: Person) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await api.client.request(method, f"/api/webhooks/{await listening(person)}")
        assert answer.status_code == 405
        assert "POST" in answer.headers["allow"]


async def test_wants_a_signature_once_there_is_a_secret(api: Api, person: Person) -> None:
    workflow = await listening(person)
    assert (await post(api, workflow)).status_code == 202
    _, secret = await secret_of(person, workflow)
    assert secret.startswith("whsec_")
    body = b'{"b": 1,  "a": 2}'
    missing = await post(api, workflow, body)
    assert refusal(missing)[:2] == (401, "INVALID_SIGNATURE")
    good = await post(api, workflow, body, X_Rex_Signature=sign(secret, body, at=api.clock.now()))
    assert payload(api, good) == {"b": 1, "a": 2}


async def test_says_what_is_wrong_with_a_signature_and_counts_it(api: Api, person: Person) -> None:
    workflow = await listening(person)
    _, secret = await secret_of(person, workflow)
    now, body = api.clock.now(), b"{}"
    wrong = {
        "": "unsigned",
        "nonsense": "malformed-signature",
        "t=1,t=2,v1=00": "malformed-signature",
        "t=" + "9" * 40 + ",v1=00": "malformed-signature",
        sign(secret, body, at=now - timedelta(seconds=301)): "stale-signature",
        sign(secret, body, at=now + timedelta(seconds=301)): "stale-signature",
        sign("whsec_other", body, at=now): "wrong-signature",
        sign(secret, b"{} ", at=now): "wrong-signature",
    }
    for signature, reason in wrong.items():
        answer = await post(api, workflow, body, X_Rex_Signature=signature)
        assert refusal(answer)[:2] == (401, "INVALID_SIGNATURE"), signature
        assert "X-Rex-Signature" in refusal(answer)[2]
        counts = {each["reason"]: each["count"] for each in (await state(person, workflow))["refusals"]}
        assert counts[reason] >= 1
    assert sum(each["count"] for each in (await state(person, workflow))["refusals"]) == len(wrong)
    assert api.store.rows.executions == {}


async def test_refuses_a_delivery_that_it_has_seen(api: Api, person: Person) -> None:
    workflow = await listening(person)
    _, secret = await secret_of(person, workflow)
    signature = sign(secret, b"{}", at=api.clock.now())
    assert (await post(api, workflow, X_Rex_Signature=signature)).status_code == 202
    again = await post(api, workflow, X_Rex_Signature=signature)
    assert refusal(again)[:2] == (409, "REPLAYED")
    spelled_otherwise = signature.replace("v1=", "v1=00,v1=").upper().replace("T=", "t=").replace("V1=", "v1=")
    assert refusal(await post(api, workflow, X_Rex_Signature=spelled_otherwise))[:2] == (409, "REPLAYED")
    api.clock.advance(timedelta(seconds=1))
    assert (await post(api, workflow, X_Rex_Signature=sign(secret, b"{}", at=api.clock.now()))).status_code == 202
    assert len(api.store.rows.executions) == 2


async def test_does_not_take_a_seen_delivery_again_by_another_secret(api: Api, person: Person) -> None:
    workflow = await listening(person)
    (old_id, old), (_, new) = await secret_of(person, workflow), await secret_of(person, workflow)
    at = api.clock.now()
    both = sign(old, b"{}", at=at) + sign(new, b"{}", at=at).removeprefix(f"t={int(at.timestamp())}")
    assert (await post(api, workflow, X_Rex_Signature=both)).status_code == 202
    await person.delete(f"/api/workflows/{workflow}/webhook/secrets/{old_id}")
    assert refusal(await post(api, workflow, X_Rex_Signature=both))[:2] == (409, "REPLAYED")


async def test_lets_senders_change_over_from_one_secret_to_the_next(api: Api, person: Person) -> None:
    workflow = await listening(person)
    old_id, old = await secret_of(person, workflow)
    _, new = await secret_of(person, workflow)
    third = await person.post(f"/api/workflows/{workflow}/webhook/secrets")
    assert refusal(third)[:2] == (409, "TOO_MANY_SECRETS")

    async def delivered(secret: str) -> int:
        api.clock.advance(timedelta(seconds=1))
        return (await post(api, workflow, X_Rex_Signature=sign(secret, b"{}", at=api.clock.now()))).status_code

    assert [await delivered(old), await delivered(new)] == [202, 202]
    removed = await person.delete(f"/api/workflows/{workflow}/webhook/secrets/{old_id}")
    assert removed.json()["data"] == {"deleted": True}
    assert [await delivered(old), await delivered(new)] == [401, 202]
    again = await person.delete(f"/api/workflows/{workflow}/webhook/secrets/{old_id}")
    assert refusal(again) == (404, "NOT_FOUND", "Webhook secret not found")


async def test_shows_secrets_without_their_text(person: Person) -> None:
    workflow = await listening(person)
    secret_id, secret = await secret_of(person, workflow)
    shown = await state(person, workflow)
    assert shown == {
        "path": f"/api/webhooks/{workflow}",
        "listens": True,
        "deafBecause": None,
        "mustBeSigned": True,
        "secrets": [{"id": secret_id, "createdAt": "2026-01-01T12:00:00.000Z"}],
        "refusals": [],
    }
    assert secret not in json.dumps(shown)


async def test_hides_webhooks_of_other_people(api: Api, person: Person) -> None:
    workflow = await listening(person)
    secret_id, _ = await secret_of(person, workflow)
    stranger = await api.somebody()
    path = f"/api/workflows/{workflow}/webhook"
    for method, where in (("GET", path), ("POST", f"{path}/secrets"), ("DELETE", f"{path}/secrets/{secret_id}")):
        assert refusal(await stranger.send(method, where)) == (404, "NOT_FOUND", "Workflow not found")
    mine = await listening(stranger)
    other = await stranger.delete(f"/api/workflows/{mine}/webhook/secrets/{secret_id}")
    assert refusal(other) == (404, "NOT_FOUND", "Webhook secret not found")
    assert len((await state(person, workflow))["secrets"]) == 1


async def test_answers_a_repeated_delivery_with_an_idempotency_key_the_same(api: Api, person: Person) -> None:
    workflow = await listening(person)
    _, secret = await secret_of(person, workflow)
    signature = sign(secret, b"{}", at=api.clock.now())
    first, again = [
        await post(api, workflow, X_Rex_Signature=signature, Idempotency_Key="delivery-1") for _ in range(2)
    ]
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(api.store.rows.executions) == 1
    resigned = sign(secret, b"[]", at=api.clock.now())
    other = await post(api, workflow, b"[]", X_Rex_Signature=resigned, Idempotency_Key="delivery-1")
    assert refusal(other)[:2] == (409, "IDEMPOTENCY_KEY_REUSED")


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Api]:
    """Where nothing unsigned is taken."""
    async with running_api(data_dir=tmp_path) as api:
        api.settings = replace(api.settings, takes_unsigned_webhooks=False)
        transport = httpx.ASGITransport(app=create_app(api.services()))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://rex.test") as client:
            api.client = client
            yield api


async def test_takes_nothing_unsigned_where_that_is_switched_off(strict: Api) -> None:
    person = await strict.somebody()
    workflow = await listening(person)
    assert refusal(await post(strict, workflow))[:2] == (401, "INVALID_SIGNATURE")
    assert (await state(person, workflow))["mustBeSigned"] is True
    _, secret = await secret_of(person, workflow)
    signature = sign(secret, b"{}", at=strict.clock.now())
    assert (await post(strict, workflow, X_Rex_Signature=signature)).status_code == 202


async def test_knows_the_retry_of_a_delivery_again_when_it_comes_without_its_key(api: Api, person: Person) -> None:
    workflow = await listening(person)
    _, secret = await secret_of(person, workflow)
    await post(api, workflow, X_Rex_Signature=sign(secret, b"{}", at=api.clock.now()), Idempotency_Key="k")
    api.clock.advance(timedelta(seconds=1))
    retry = sign(secret, b"{}", at=api.clock.now())
    for _ in range(2):
        repeated = await post(api, workflow, X_Rex_Signature=retry, Idempotency_Key="k")
        assert repeated.headers["idempotency-replayed"] == "true"
    assert refusal(await post(api, workflow, X_Rex_Signature=retry))[:2] == (409, "REPLAYED")
    assert len(api.store.rows.executions) == 1


async def test_does_not_go_deaf_because_one_of_two_secrets_is_lost(api: Api, person: Person) -> None:
    workflow = await listening(person)
    lost_id, _ = await secret_of(person, workflow)
    secrets = api.store.rows.webhook_secrets
    for secret in [each for each in secrets.values() if str(each.id) == lost_id]:
        secrets[secret.id] = replace(secret, sealed="lost|1|x|y")
    alone = await post(api, workflow, X_Rex_Signature=sign("whsec_any", b"{}", at=api.clock.now()))
    assert refusal(alone) == (503, "UNAVAILABLE", "A stored secret cannot be opened at the moment")
    _, good = await secret_of(person, workflow)
    assert (await post(api, workflow, X_Rex_Signature=sign(good, b"{}", at=api.clock.now()))).status_code == 202
    assert refusal(await post(api, workflow))[:2] == (401, "INVALID_SIGNATURE")
