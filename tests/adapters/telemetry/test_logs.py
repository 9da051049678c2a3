"""Logs for operators hold no secrets."""

import json

import pytest

from adapters.telemetry.logs import StructuredLog, configure_logs


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
