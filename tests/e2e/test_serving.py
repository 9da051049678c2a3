"""`rex up`: one command, a clean end, and a sentence when it cannot start."""

import http.client
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.person import Person
from tests.live import LiveRex


def postgres_processes(data_dir: Path) -> list[str]:
    """Command lines of servers that still run on this data directory."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "postgres" in line and str(data_dir) in line]


@pytest.fixture(scope="module")
def rex() -> Iterator[LiveRex]:
    with LiveRex.fresh() as rex:
        yield rex


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_answers_and_stops_cleanly_with_nothing_left_running(number: signal.Signals) -> None:
    with LiveRex.new() as rex:
        assert httpx.get(f"{rex.url}/api/health", trust_env=False).json()["status"] == "ok"
        ready = httpx.get(f"{rex.url}/api/health/ready", trust_env=False)
        assert ready.status_code == 200
        assert postgres_processes(rex.data_dir)
        rex.signal(number)
        assert rex.wait() == 0
        assert postgres_processes(rex.data_dir) == []


def test_refuses_a_data_directory_that_another_one_holds(rex: LiveRex) -> None:
    second = LiveRex(rex.data_dir).cli("up")
    assert second.returncode == 10
    assert str(rex.data_dir) in second.stderr
    assert "Traceback" not in second.stderr
    assert "REX is ready" not in second.stdout
    assert httpx.get(f"{rex.url}/api/health", trust_env=False).is_success


def test_blames_the_data_directory_and_not_the_port_when_it_is_started_twice(rex: LiveRex) -> None:
    again = rex.cli("up")
    assert again.returncode == 10
    assert str(rex.data_dir) in again.stderr
    assert "Port" not in again.stderr


def test_says_in_a_sentence_that_its_port_is_taken(rex: LiveRex) -> None:
    with LiveRex.resting(BACKEND_PORT=str(rex.port)) as other:
        refused = other.cli("up")
    assert refused.returncode == 10
    assert f"Port {rex.port}" in refused.stderr
    assert "BACKEND_PORT" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(("name", "value"), [("BACKEND_HOST", "300.1.1.1"), ("REX_DATA_DIR", "/dev/null/rex")])
def test_says_in_a_sentence_that_its_address_or_data_directory_is_no_good(name: str, value: str) -> None:
    with LiveRex.resting(**{name: value}) as rex:
        refused = rex.cli("up")
    assert (refused.returncode, name in refused.stderr) == (10, True)
    assert "Traceback" not in refused.stderr


def test_refuses_to_start_in_production_without_secrets_and_says_what_to_set(tmp_path: Path) -> None:
    production = LiveRex(tmp_path, REX_ENV="production", JWT_SECRET="secret", REX_CORS_ORIGINS="*")
    refused = production.cli("up")
    assert refused.returncode == 10
    for name in ("DATABASE_URL", "JWT_SECRET", "REX_CORS_ORIGINS"):
        assert name in refused.stderr
    assert "Traceback" not in refused.stderr


def test_keeps_its_generated_secret_to_its_owner_and_over_restarts() -> None:
    with LiveRex.fresh() as rex:
        secret = rex.data_dir / "jwt-secret"
        before = secret.read_text()
        assert secret.stat().st_mode & 0o077 == 0
        rex.stop()
        rex.start()
        assert secret.read_text() == before


def test_leaves_no_secret_in_what_it_says() -> None:
    with LiveRex.fresh(LOG_LEVEL="debug") as rex:
        secret = (rex.data_dir / "jwt-secret").read_text()
        password = (rex.data_dir / "postgres.password").read_text().strip()
        token = httpx.post(
            f"{rex.url}/api/auth/register",
            json={"email": "a@example.com", "name": "Ada", "password": "a very secret password"},
            trust_env=False,
        ).json()["data"]["token"]
        rex.stop()
        said = rex.said
        for hidden in (secret, password, token, "a very secret password"):
            assert hidden not in said


def test_answers_a_body_that_is_too_large_although_the_client_is_still_sending(rex: LiveRex) -> None:
    ada = Person(rex.url)
    for size in (11, 30):
        connection = http.client.HTTPConnection("127.0.0.1", rex.port, timeout=30)
        headers = {"authorization": f"Bearer {ada.token}", "content-type": "application/json"}
        connection.request("POST", "/api/workflows", body=b"x" * size * 1024 * 1024, headers=headers)
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.loads(answer.read())["error"]["code"] == "PAYLOAD_TOO_LARGE"
        connection.close()
