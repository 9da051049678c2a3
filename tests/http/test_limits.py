"""How often is too often, and for whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from litestar.types import HTTPScope

from entrypoints.http.app import create_app
from entrypoints.http.client_address import client_address
from entrypoints.settings import read_settings
from tests.http.api import PASSWORD, Api, Person, a_node, refusal, running_api

TIGHT = {"RATE_LIMIT_MAX": "5", "REX_READ_RATE_LIMIT_MAX": "8", "WEBHOOK_RATE_LIMIT_MAX": "3"}


@pytest.fixture
async def tight(tmp_path: Path) -> AsyncIterator[Api]:
    async with running_api(data_dir=tmp_path, environment=TIGHT) as api:
        yield api


@asynccontextmanager
async def from_address(api: Api, address: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(api.services()), client=(address, 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://rex.test") as client:
        yield client


async def test_says_where_the_caller_stands_on_every_counted_answer(tight: Api) -> None:
    person = await tight.somebody()
    answers = [
        await person.get("/api/workflows"),
        await person.get("/api/workflows/nope"),
        await person.get("/api/workflows?page=0"),
    ]
    assert [each.headers["x-ratelimit-remaining"] for each in answers] == ["7", "6", "5"]
    assert {each.headers["x-ratelimit-limit"] for each in answers} == {"8"}
    assert {each.headers["x-ratelimit-reset"] for each in answers} == {"60"}


async def test_refuses_one_too_many_and_says_how_long_to_wait(tight: Api) -> None:
    person = await tight.somebody()
    for _ in range(5):
        assert (await person.post("/api/workflows", json={})).status_code == 400
    tight.clock.advance(timedelta(seconds=17.5))
    answer = await person.post("/api/workflows", json={})
    assert refusal(answer) == (429, "RATE_LIMITED", "Rate limit exceeded, retry in 43 seconds")
    assert answer.headers["retry-after"] == answer.headers["x-ratelimit-reset"] == "43"
    assert answer.headers["x-ratelimit-remaining"] == "0"
    tight.clock.advance(timedelta(seconds=43))
    assert (await person.post("/api/workflows", json={})).status_code == 400


async def test_counts_people_and_not_the_address_they_share(tight: Api) -> None:
    ada, grace = await tight.somebody(), await tight.somebody()
    for _ in range(6):
        await ada.post("/api/workflows", json={})
    assert (await ada.post("/api/workflows", json={})).status_code == 429
    assert (await grace.post("/api/workflows", json={})).status_code == 400


async def test_counts_reading_apart_from_everything_else(tight: Api) -> None:
    person = await tight.somebody()
    for _ in range(8):
        assert (await person.get("/api/workflows")).status_code == 200
    assert (await person.get("/api/workflows")).status_code == 429
    assert (await person.send("HEAD", "/api/workflows")).status_code == 429
    assert (await person.post("/api/workflows", json={})).status_code == 400


async def test_counts_strangers_by_address(tight: Api) -> None:
    async with from_address(tight, "192.0.2.1") as one, from_address(tight, "192.0.2.2") as other:
        statuses = [(await one.get("/api/auth/me")).status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]
        assert (await other.get("/api/auth/me")).status_code == 401


async def test_stops_floods_of_registrations(tight: Api) -> None:
    async with from_address(tight, "192.0.2.1") as client:
        bodies = [{"email": f"a{at}@example.com", "name": "Ada", "password": PASSWORD} for at in range(7)]
        statuses = [(await client.post("/api/auth/register", json=body)).status_code for body in bodies]
    assert statuses == [201] * 5 + [429] * 2
    assert len(tight.store.rows.users) == 5


async def test_stops_floods_of_logins_for_one_account(api: Api) -> None:
    person = await api.somebody()
    body = {"email": person.user["email"], "password": "wrong password"}
    statuses = [(await api.client.post("/api/auth/login", json=body)).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    right = await api.client.post("/api/auth/login", json={**body, "password": PASSWORD})
    assert refusal(right)[:2] == (429, "RATE_LIMITED")
    assert right.headers["retry-after"] == right.headers["x-ratelimit-reset"] == "300"
    assert (right.headers["x-ratelimit-limit"], right.headers["x-ratelimit-remaining"]) == ("10", "0")
    async with from_address(api, "192.0.2.9") as elsewhere:
        assert (await elsewhere.post("/api/auth/login", json={**body, "password": PASSWORD})).status_code == 200


async def test_counts_webhooks_by_workflow_and_address_and_nowhere_else(tight: Api) -> None:
    person = await tight.somebody()
    one, other = [await person.draws(nodes=[a_node("webhook-trigger")]) for _ in range(2)]
    async with from_address(tight, "192.0.2.1") as sender, from_address(tight, "192.0.2.2") as second:
        statuses = [(await sender.post(f"/api/webhooks/{one}")).status_code for _ in range(4)]
        assert statuses == [404, 404, 404, 429]
        assert (await sender.post(f"/api/webhooks/{other}")).status_code == 404
        assert (await second.post(f"/api/webhooks/{one}")).status_code == 404
        assert (await sender.get("/api/auth/me")).headers["x-ratelimit-remaining"] == "4"


async def test_counts_webhooks_however_their_ids_are_spelled_and_guessed(tight: Api) -> None:
    person = await tight.somebody()
    workflow = await person.draws(nodes=[a_node("webhook-trigger")])
    async with from_address(tight, "192.0.2.1") as sender, from_address(tight, "192.0.2.2") as guesser:
        spelled = [workflow, workflow.upper(), workflow.title(), workflow]
        assert [(await sender.post(f"/api/webhooks/{each}")).status_code for each in spelled] == [404] * 3 + [429]
        guessed = [(await guesser.post(f"/api/webhooks/{uuid4()}")).status_code for _ in range(31)]
        assert guessed == [404] * 30 + [429]


async def test_looks_up_no_access_token_for_an_address_that_guesses(tight: Api) -> None:
    person = await tight.somebody()
    made = await person.post("/api/auth/tokens", json={"name": "t", "scopes": ["read"]})
    async with from_address(tight, "192.0.2.1") as client:
        program = Person(client, person.user, made.json()["data"]["token"])
        for _ in range(7):
            assert (await program.get("/api/workflows")).status_code == 200
        guesser = Person(client, person.user, "rex_guess")
        assert [(await guesser.get("/api/workflows")).status_code for _ in range(6)] == [401] * 5 + [429]
        tight.store.is_down = True
        assert (await guesser.get("/api/workflows")).status_code == 429


async def test_asks_nothing_of_preflights_and_health_checks(tight: Api) -> None:
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    for _ in range(10):
        for answer in (
            await tight.client.options("/api/workflows", headers=asked),
            await tight.client.get("/api/health"),
            await tight.client.get("/api/health/ready"),
        ):
            assert answer.status_code < 300
            assert "x-ratelimit-limit" not in answer.headers


async def test_lets_two_editors_and_a_dashboard_poll_all_day(tmp_path: Path) -> None:
    """With the limits that REX comes with: two tabs that follow a run, the page of active runs, and the dashboard."""
    usual = {"RATE_LIMIT_MAX": "100", "WEBHOOK_RATE_LIMIT_MAX": "30"}
    async with running_api(data_dir=tmp_path, environment=usual) as api:
        person = await api.somebody()
        run = await person.runs(await person.draws())
        for second in range(180):
            polled = [f"/api/executions/{run}", f"/api/executions/{run}"]
            polled += ["/api/workflows/active?limit=100"] * (second % 3 == 0)
            polled += ["/api/workflows", "/api/workflows/active?limit=50"] * (second % 10 == 0)
            for path in polled:
                assert (await person.get(path)).status_code == 200, second
            api.clock.advance(timedelta(seconds=1))


def scope(peer: str | None, *forwarded: str) -> HTTPScope:
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    return {"client": (peer, 1) if peer is not None else None, "headers": headers}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8:1:2:3::4]:4711"], "2001:db8:1:2::/64"),
        ("10.0.0.1", ["nonsense"], "unknown"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("2001:db8::1", [], "2001:db8::/64"),
        (None, ["198.51.100.1"], "unknown"),
        ("", [], "unknown"),
    ],
)
def test_believes_trusted_proxies_and_nobody_else(
    tmp_path: Path, peer: str | None, forwarded: list[str], address: str
) -> None:
    settings = read_settings({"REX_DATA_DIR": str(tmp_path), "REX_TRUSTED_PROXIES": "10.0.0.0/8"})
    assert client_address(scope(peer, *forwarded), settings.trusted_proxies) == address
