"""The ten risks of OWASP's API Security list of 2023, each over every route that it can touch."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from structlog.testing import capture_logs

from adapters.crypto.jwt_token_signer import JwtTokenSigner
from tests.http.api import PASSWORD, Api, Person, a_node, a_workflow, refusal, running_api
from tests.http.routes import DESCRIPTION, PRIVATE, ROUTES, WITH_BODY, WITH_IDS, Route, belongings


@pytest.fixture
def api(lasting_api: Api) -> Api:
    """An hour later each time, when what was counted of others is forgotten, and well again."""
    lasting_api.clock.advance(timedelta(hours=1))
    lasting_api.store.defect = None
    return lasting_api


SECRET = "0123456789abcdef" * 4
SCOPES = ("read", "run", "write")
OF_NOBODY = ("/api/node-types", "/api/workflow-templates", "/api/auth/me")


# API1: broken object level authorization


@pytest.mark.parametrize("route", WITH_IDS, ids=str)
async def test_answers_other_peoples_things_like_missing_ones(api: Api, person: Person, route: Route) -> None:
    theirs = await belongings(person)
    stranger = await api.somebody()
    answer = await stranger.send(route.method, route.at(theirs), **route.sent)
    nothing = dict.fromkeys(theirs, "00000000-0000-4000-8000-000000000000")
    missing = await stranger.send(route.method, route.at(nothing), **route.sent)
    assert answer.status_code == missing.status_code == 404
    assert answer.json() == missing.json()


@pytest.mark.parametrize("route", [route for route in WITH_IDS if len(route.ids) > 1], ids=str)
async def test_does_not_reach_other_peoples_things_through_ones_own(api: Api, person: Person, route: Route) -> None:
    theirs, stranger = await belongings(person), await api.somebody()
    own = await belongings(stranger)
    for inner in route.ids[1:]:
        answer = await stranger.send(route.method, route.at({**own, inner: theirs[inner]}), **route.sent)
        assert answer.status_code == 404
    answer = await person.send(route.method, route.at(theirs), **route.sent)
    assert answer.status_code < 300, "what was tried to reach is still there"


async def test_lists_nothing_of_anybody_else(api: Api, person: Person) -> None:
    await belongings(person)
    stranger = await api.somebody()
    for route in PRIVATE:
        if route.method == "GET" and not route.ids and route.path not in OF_NOBODY:
            assert (await stranger.get(route.path)).json()["data"] == [], route


# API2: broken authentication


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Api]:
    """With real tokens."""
    async with running_api(data_dir=tmp_path, tokens=JwtTokenSigner(SECRET, lifetime=timedelta(days=7))) as api:
        yield api


@pytest.mark.parametrize("route", PRIVATE, ids=str)
async def test_asks_who_it_is_before_anything_else(api: Api, route: Route) -> None:
    path = route.at(dict.fromkeys(route.ids, "nope"))
    for headers in (
        {},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer x.y.z"},
    ):
        answer = await api.client.request(route.method, path, content=b"{broken", headers=headers)
        assert refusal(answer) == (401, "UNAUTHORIZED", "Invalid or expired token")


def forged(api: Api, person: Person) -> Iterator[str]:
    """Tokens that look right and are not."""
    now = int(api.clock.now().timestamp())
    claims = {"sub": person.user["id"], "email": "a@b.c", "iat": now, "exp": now + 3600, "ver": 1}
    yield jwt.encode(claims, "", algorithm="none")
    yield jwt.encode(claims, "another secret of more than 32 bytes", algorithm="HS256")
    yield jwt.encode(claims, SECRET, algorithm="HS512")
    yield jwt.encode({**claims, "exp": now - 1}, SECRET, algorithm="HS256")
    yield jwt.encode({name: claims[name] for name in claims if name != "exp"}, SECRET, algorithm="HS256")
    yield jwt.encode({**claims, "ver": 2}, SECRET, algorithm="HS256")
    yield jwt.encode({**claims, "sub": "somebody"}, SECRET, algorithm="HS256")
    yield jwt.encode({**claims, "sub": "00000000-0000-4000-8000-000000000000"}, SECRET, algorithm="HS256")
    good = jwt.encode(claims, SECRET, algorithm="HS256")
    head, body, signature = good.split(".")
    yield f"{head}.{body}."
    yield f"{head}.{body}.{signature[:-2]}AA"
    yield f"{head}.{body}x.{signature}"


async def test_takes_no_forged_token(real: Api) -> None:
    person = await real.somebody()
    assert (await person.get("/api/auth/me")).status_code == 200
    for token in forged(real, person):
        answer = await Person(real.client, person.user, token).get("/api/auth/me")
        assert answer.status_code == 401, token


async def test_lets_tokens_end_with_time_with_a_logout_and_with_their_user(real: Api) -> None:
    expired, logged_out, deleted = [await real.somebody() for _ in range(3)]
    await logged_out.post("/api/auth/logout-everywhere")
    assert (await logged_out.get("/api/auth/me")).status_code == 401
    del real.store.rows.users[next(user for user in real.store.rows.users if str(user) == deleted.user["id"])]
    real.clock.advance(timedelta(seconds=6))
    assert (await deleted.get("/api/auth/me")).status_code == 401
    real.clock.advance(timedelta(days=7))
    assert (await expired.get("/api/auth/me")).status_code == 401


# API3: broken object property level authorization

FOREIGN = {
    "id": "00000000-0000-4000-8000-000000000000",
    "userId": "00000000-0000-4000-8000-000000000000",
    "ownerId": "00000000-0000-4000-8000-000000000000",
    "version": 99,
    "revision": 99,
    "createdAt": "2000-01-01T00:00:00.000Z",
    "updatedAt": "2000-01-01T00:00:00.000Z",
    "sourceTemplateId": "simple-rag",
    "isAdmin": True,
    "tokenVersion": 99,
    "passwordHash": "x",
}


async def test_takes_no_property_that_is_not_the_callers_to_set(api: Api, person: Person) -> None:
    created = await person.post("/api/workflows", json={**a_workflow(), **FOREIGN, "status": "active"})
    record = created.json()["data"]
    assert record["status"] == "inactive"
    changed = await person.patch(f"/api/workflows/{record['id']}", json={**FOREIGN, "name": "Mine"})
    for shown in (record, changed.json()["data"]):
        assert all(shown[name] != value for name, value in FOREIGN.items() if name in shown)
        assert shown["userId"] == person.user["id"]
    registered = await api.client.post(
        "/api/auth/register", json={"email": "x@example.com", "name": "Ada", "password": PASSWORD, **FOREIGN}
    )
    user = next(user for user in api.store.rows.users.values() if user.email == "x@example.com")
    assert registered.json()["data"]["user"]["id"] == str(user.id) != FOREIGN["id"]
    assert (user.token_version, user.password_hash) == (1, f"hashed {PASSWORD}")


SHOWN_ONCE = {("SignedIn", "token"), ("AccessTokenMade", "token"), ("WebhookSecretMade", "secret")}
HIDDEN = re.compile(r"password|hash|secret|sealed|cipher|digest|^token$|tokenVersion|ringKey|embedding$", re.IGNORECASE)


def test_describes_no_answer_with_a_secret_in_it() -> None:
    sent = {name for name, shape in DESCRIPTION["components"]["schemas"].items() if name in request_shapes()}
    for name, shape in DESCRIPTION["components"]["schemas"].items():
        for field in shape.get("properties", {}):
            if name not in sent and HIDDEN.search(field) and field != "secrets":
                assert (name, field) in SHOWN_ONCE


def request_shapes() -> set[str]:
    bodies = [operation.get("requestBody", {}) for item in DESCRIPTION["paths"].values() for operation in item.values()]
    return set(re.findall(r"schemas/(\w+)", json.dumps([body.get("content") for body in bodies])))


async def test_tells_secrets_neither_in_answers_nor_in_logs(api: Api) -> None:
    password, key, text = "correct horse 99", "sk-very-secret-key", []
    with capture_logs() as logs:
        registered = await api.client.post(
            "/api/auth/register", json={"email": "s@example.com", "name": "Ada", "password": password}
        )
        person = Person(api.client, registered.json()["data"]["user"], registered.json()["data"]["token"])
        await person.post("/api/keys", json={"provider": "groq", "key": key, "label": "l"})
        mine = await belongings(person)
        for broken in (False, True):
            api.store.defect = RuntimeError("a defect") if broken else None
            for route in ROUTES:
                if route.path != "/api/auth/logout-everywhere" and route.method != "DELETE":
                    answer = await person.send(route.method, route.at(mine), **route.sent)
                    text.append(answer.text)
    said = "".join(text) + repr(logs)
    for secret in (password, key, f"hashed {password}", person.token):
        assert secret not in said


# API4: unrestricted resource consumption


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
async def test_reads_no_endless_and_no_bottomless_body(api: Api, person: Person, route: Route) -> None:
    path, json_type = route.at(dict.fromkeys(route.ids, "nope")), {"Content-Type": "application/json"}
    large = await person.send(route.method, path, content=b'"' + b"x" * 11_000_000 + b'"', headers=json_type)
    assert refusal(large)[:2] == (413, "PAYLOAD_TOO_LARGE")
    deep = await person.send(route.method, path, content=b"[" * 1000 + b"]" * 1000, headers=json_type)
    assert refusal(deep)[:2] == (400, "BAD_REQUEST")


def is_list(route: Route) -> bool:
    parameters = DESCRIPTION["paths"][route.path][route.method.lower()].get("parameters", [])
    return "cursor" in {each["name"] for each in parameters}


@pytest.mark.parametrize("route", [route for route in ROUTES if is_list(route)], ids=str)
async def test_shows_no_endless_page(person: Person, route: Route) -> None:
    mine = await belongings(person)
    for query in ("limit=201", "limit=1000000", "page=0", "page=99999999999999999999"):
        assert (await person.get(f"{route.at(mine)}?{query}")).status_code == 400
    assert (await person.get(f"{route.at(mine)}?page=9007199254740991")).json()["data"] == []


@pytest.mark.parametrize("route", [route for route in ROUTES if "health" not in route.path], ids=str)
async def test_counts_calls_of_every_route(tmp_path: Path, route: Route) -> None:
    once = {"RATE_LIMIT_MAX": "2", "REX_READ_RATE_LIMIT_MAX": "1", "WEBHOOK_RATE_LIMIT_MAX": "1"}
    async with running_api(data_dir=tmp_path, environment=once) as api:
        person = await api.somebody()
        statuses = [
            (await person.send(route.method, route.at(dict.fromkeys(route.ids, "nope")), content=b"{")).status_code
            for _ in range(3)
        ]
        assert statuses[-1] == 429
        assert statuses[0] != 429


# API5: broken function level authorization


@pytest.mark.parametrize("route", PRIVATE, ids=str)
async def test_lets_an_access_token_do_only_what_its_scopes_say(api: Api, person: Person, route: Route) -> None:
    path, allowed = route.at(dict.fromkeys(route.ids, "nope")), []
    for scope in SCOPES:
        made = await person.post("/api/auth/tokens", json={"name": "t", "scopes": [scope]})
        program = Person(api.client, person.user, made.json()["data"]["token"])
        answer = await program.send(route.method, path, content=b"{", headers={"Content-Type": "application/json"})
        if answer.status_code != 403:
            allowed.append(scope)
    assert len(allowed) <= 1
    assert allowed == ["read"] or route.method != "GET" or route.path == "/api/auth/tokens"


# API6, unrestricted access to sensitive flows: see test_limits.py. API7, request forgery: no route fetches an address
# that callers name. API9, inventory: see test_openapi.py.

# API8: security misconfiguration


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_guards_every_answer_with_headers_and_opens_none_to_other_sites(
    api: Api, person: Person, route: Route
) -> None:
    path = route.at(dict.fromkeys(route.ids, "nope"))
    for who in (person, Person(api.client, person.user, "nobody")):
        answer = await who.send(route.method, path, headers={"Origin": "https://evil.example"})
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers


# API10: unsafe consumption of other services


async def test_passes_on_no_markup_that_a_model_wrote(api: Api, person: Person) -> None:
    await person.post("/api/keys", json={"provider": "groq", "key": "sk-0123456789", "label": "l"})
    api.model.says("<script>steal()</script><img src=x onerror=steal()>fine")
    body = {"message": "hi", "workflow": {"nodes": [a_node()], "edges": []}}
    assert (await person.post("/api/chat", json=body)).json()["data"]["message"] == "steal()fine"
