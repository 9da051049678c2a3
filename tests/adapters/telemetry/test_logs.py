"""Logs for operators hold no secrets."""

import json
from collections.abc import Iterator

import pytest
import structlog

from adapters.telemetry.logs import StructuredLog, configure_logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logs are configured for the whole process: later tests must not write to this one's capture."""
    yield
    structlog.reset_defaults()


def test_writes_one_json_object_a_line_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    log = StructuredLog()
    log.write("info", "hello", url="https://x?key=abcdefghijklmnopqrstuvwxyz", count=2)
    log.write("debug", "too fine")
    line, *more = capsys.readouterr().err.splitlines()
    assert more == []
    told = json.loads(line)
    assert (told["event"], told["level"], told["count"]) == ("hello", "info", 2)
    assert told["url"] == "https://x?key=[REDACTED]"
