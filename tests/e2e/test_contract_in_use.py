"""What people and programs do with a running REX beside drawing and running."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from domain.webhooks.signature import sign
from tests.e2e.person import Person
from tests.live import LiveRex
from tests.model_server import Asked, ModelServer, refusing

KEY = {"provider": "gemini", "key": "AIza-secret-of-ada-0123456789", "label": "mine"}


def a_listener() -> dict[str, Any]:
    def node(type: str) -> dict[str, Any]:
        return {"id": str(uuid4()), "type": type, "label": type, "position": {"x": 0, "y": 0}, "config": {}}

    trigger, output = node("webhook-trigger"), node("output")
    edge = {"id": str(uuid4()), "source": trigger["id"], "target": output["id"]}
    return {"name": "Listener", "nodes": [trigger, output], "edges": [edge]}


def data(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()["data"]


def test_runs_what_a_signed_webhook_brings_once() -> None:
    with LiveRex.fresh() as rex:
        ada = Person(rex.url)
        workflow = ada.draws(a_listener())
        data(ada.asks("PATCH", f"/api/workflows/{workflow}", {"status": "active"}), 200)
        secret = data(ada.asks("POST", f"/api/workflows/{workflow}/webhook/secrets"), 201)["secret"]
        body = json.dumps({"order": 17}).encode()
        headers = {"content-type": "application/json", "x-rex-signature": sign(secret, body, at=datetime.now(UTC))}

        def deliver(**more: str) -> httpx.Response:
            return httpx.post(f"{rex.url}/api/webhooks/{workflow}", content=body, headers=headers | more)

        run = data(deliver(), 202)["executionId"]
        record = ada.follows(run)
        assert record["status"] == "completed"
        assert record["triggerPayload"] == {"order": 17}
        assert deliver().status_code == 409
        headers.pop("x-rex-signature")
        assert deliver().status_code == 401
        state = data(ada.asks("GET", f"/api/workflows/{workflow}/webhook"), 200)
        assert {each["reason"]: each["count"] for each in state["refusals"]} == {"replayed": 1, "unsigned": 1}


def test_accepts_one_run_for_one_intention_however_many_send_it_at_once() -> None:
    with LiveRex.fresh() as rex:
        ada = Person(rex.url)
        workflow = ada.draws(a_listener())

        def execute(payload: dict[str, Any]) -> httpx.Response:
            path = f"/api/workflows/{workflow}/execute"
            return ada.asks("POST", path, {"payload": payload}, Idempotency_Key="order-17")

        with ThreadPoolExecutor(8) as together:
            answers = list(together.map(execute, [{"order": 17}] * 8))
        runs = {data(answer, 202)["executionId"] for answer in answers}
        assert len(runs) == 1
        assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7
        assert execute({"order": 18}).status_code == 409
        listed = ada.asks("GET", f"/api/workflows/{workflow}/executions").json()
        assert listed["meta"]["total"] == 1


async def test_asks_the_provider_of_a_stored_key_and_shows_the_key_to_nobody_else() -> None:
    async with ModelServer.running() as models:
        models.next(refusing(401, "API key not valid: AIza-secret-of-ada-0123456789"))
        said, asked = await asyncio.to_thread(converse, models.url)
    assert said[0].status_code == 400
    assert data(said[1], 200)["message"] == "Forty-two."
    assert data(said[1], 200)["usage"]["totalTokens"] == 10
    assert asked(models.asked) == ["AIza-secret-of-ada-0123456789"] * 2
    assert not any("AIza" in each.path for each in models.asked)
    assert not any("AIza" in each.text for each in said)


def converse(url: str) -> tuple[list[httpx.Response], Any]:
    """What REX answers: the second time, after a restart, the provider is in a better mood."""
    question = {"message": "What is this?", "workflow": a_listener()}
    with LiveRex.fresh(REX_GEMINI_BASE_URL=url) as rex:
        ada = Person(rex.url)
        data(ada.asks("POST", "/api/keys", KEY), 201)
        said = [ada.asks("POST", "/api/chat", question)]
        rex.stop()
        rex.start()
        said.append(ada.asks("POST", "/api/chat", question))
        said.append(ada.asks("GET", "/api/keys"))
        assert "AIza" not in rex.said

    def keys(asked: list[Asked]) -> list[str]:
        return [each.headers["x-goog-api-key"] for each in asked]

    return said, keys


def test_rotates_keys_while_it_serves(tmp_path: Path) -> None:
    old, new = f"2026a:{'0a' * 32}", f"2026b:{'0b' * 32}"
    with LiveRex.fresh(ENCRYPTION_KEYS=old) as rex:
        ada = Person(rex.url)
        added = rex.cli("keys", "add", "groq", "--key-stdin", "--as", ada.email, "-o", "json", stdin="gsk-0123456789\n")
        assert added.returncode == 0, added.stderr
        listed = json.loads(rex.cli("keys", "list", "--as", ada.email, "-o", "json").stdout)
        assert [each["id"] for each in listed] == [json.loads(added.stdout)["id"]]
        rex.set(ENCRYPTION_KEYS=f"{new},{old}")
        rotated = rex.cli("keys", "rotate", "-o", "json")
        assert json.loads(rotated.stdout) == {"resealed": 1, "unreadable": []}
        rex.set(ENCRYPTION_KEYS=old)
        lost = rex.cli("keys", "rotate", "-o", "json")
        assert lost.returncode == 1
        assert len(json.loads(lost.stdout)["unreadable"]) == 1
        refused = rex.cli("keys", "add", "groq", "--key-stdin", "--as", ada.email, stdin="short\n")
        assert refused.returncode == 3
        assert rex.cli("keys", "delete", listed[0]["id"], "--as", ada.email).returncode == 0
        assert data(ada.asks("GET", "/api/keys"), 200) == []


def test_lets_programs_in_until_their_tokens_die() -> None:
    with LiveRex.fresh() as rex:
        ada, program = Person(rex.url), Person(rex.url)
        made = data(ada.asks("POST", "/api/auth/tokens", {"name": "ci", "scopes": ["read"]}), 201)
        program.token = made["token"]
        assert program.asks("GET", "/api/workflows").status_code == 200
        assert program.asks("POST", "/api/workflows", a_listener()).status_code == 403
        assert data(ada.asks("GET", "/api/auth/tokens"), 200)[0]["lastUsedAt"] is not None
        data(ada.asks("POST", "/api/auth/logout-everywhere"), 200)
        assert {who.asks("GET", "/api/workflows").status_code for who in (ada, program)} == {401}


def test_counts_requests_of_two_processes_together_in_redis(redis_url: str) -> None:
    shared = {"REDIS_URL": redis_url, "RATE_LIMIT_MAX": "6", "JWT_SECRET": uuid4().hex * 2}
    with LiveRex.fresh(**shared) as one, LiveRex.fresh(**shared) as other:
        statuses = [httpx.get(f"{rex.url}/api/auth/me").status_code for _ in range(4) for rex in (one, other)]
    assert statuses == [401] * 6 + [429] * 2
