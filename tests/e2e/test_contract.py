"""The running server keeps every promise of its own description, whatever it is sent."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.live import LiveRex

CONFIG = Path(__file__).parent / "schemathesis.toml"
NO_LIMITS = {
    "RATE_LIMIT_MAX": "1000000",
    "WEBHOOK_RATE_LIMIT_MAX": "1000000",
    "REX_LOGIN_RATE_LIMIT_MAX": "1000000",
}


def token_of(rex: LiveRex, name: str) -> str:
    person = {"email": f"{name}@example.com", "name": name, "password": "correct horse 1"}
    token: str = httpx.post(f"{rex.url}/api/auth/register", json=person).json()["data"]["token"]
    return token


def test_keeps_to_its_description(tmp_path: Path) -> None:
    with LiveRex.fresh(**NO_LIMITS) as rex:
        tokens = {"REX_TOKEN": token_of(rex, "Ada"), "REX_OTHER_TOKEN": token_of(rex, "Grace")}
        words = ["-m", "schemathesis.cli", "--config-file", str(CONFIG), "--no-color", "run", "--checks", "all"]
        tested = subprocess.run(
            [sys.executable, *words, f"{rex.url}/schema/openapi.json"],
            cwd=tmp_path,
            env={**os.environ, **tokens},
            capture_output=True,
            text=True,
        )
        assert tested.returncode == 0, tested.stdout[-20_000:] + tested.stderr
        assert "a request met a defect" not in rex.said
