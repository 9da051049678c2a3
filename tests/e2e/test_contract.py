"""The running server keeps every promise of its own description, whatever it is sent."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from tests.live import LiveRex
from tests.model_server import ModelServer

CONFIG = Path(__file__).parent / "schemathesis.toml"
NO_LIMITS = {
    "RATE_LIMIT_MAX": "1000000",
    "WEBHOOK_RATE_LIMIT_MAX": "1000000",
    "REX_LOGIN_RATE_LIMIT_MAX": "1000000",
}


MODEL_ADDRESSES = ("REX_GEMINI_BASE_URL", "REX_GROQ_BASE_URL", "REX_OPENAI_BASE_URL")


def token_of(rex: LiveRex, name: str) -> str:
    person = {"email": f"{name}@example.com", "name": name, "password": "correct horse 1"}
    token: str = httpx.post(f"{rex.url}/api/auth/register", json=person).json()["data"]["token"]
    return token


def leave_key(rex: LiveRex, token: str) -> None:
    key = {"provider": "groq", "key": "sk-0123456789", "label": "l"}
    answer = httpx.post(f"{rex.url}/api/keys", json=key, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 201


def requests() -> list[str]:
    """As good as the same each time: ids and times differ. `make explore` sends others, and more."""
    return ["--max-examples", "100"] if settings.get_current_profile_name() == "explore" else ["--seed", "1"]


@pytest.mark.hypothesis
async def test_keeps_to_its_description(tmp_path: Path) -> None:
    async with ModelServer.running() as models:
        addresses = dict.fromkeys(MODEL_ADDRESSES, models.url)
        await asyncio.to_thread(hold_to_description, tmp_path, {**NO_LIMITS, **addresses})


def hold_to_description(tmp_path: Path, environment: dict[str, str]) -> None:
    with LiveRex.fresh(**environment) as rex:
        leave_key(rex, ada := token_of(rex, "Ada"))
        tokens = {"REX_TOKEN": ada, "REX_OTHER_TOKEN": token_of(rex, "Grace")}
        words = ["-m", "schemathesis.cli", "--config-file", str(CONFIG), "--no-color", "run", "--checks", "all"]
        tested = subprocess.run(
            [sys.executable, *words, *requests(), f"{rex.url}/schema/openapi.json"],
            cwd=tmp_path,
            env={**os.environ, **tokens},
            capture_output=True,
            text=True,
        )
        assert tested.returncode == 0, tested.stdout[-20_000:] + tested.stderr
        assert "a request met a defect" not in rex.said
