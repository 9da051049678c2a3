"""Secrets do not survive in error texts."""

import pytest

from domain.executions.redaction import redacted


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("GET /v1?key=AIzaSyA1234567890abcdefghij failed", "GET /v1?key=[REDACTED] failed"),
        ("api_key: sk-abcdefghijklmnopqrstuvwx", "api_key=[REDACTED]"),
        ('{"apiKey": "abcdefghijklmnopqrstuvwx"}', '{"apiKey=[REDACTED]}'),
        ("Authorization: Bearer abc.def.ghi", "Authorization: Bearer [REDACTED]"),
        ("the key=short one stays", "the key=short one stays"),
    ],
)
def test_removes_values_of_keys_and_bearer_tokens(text: str, cleaned: str) -> None:
    assert redacted(text) == cleaned


def test_reads_any_text_in_a_time_that_grows_with_its_length() -> None:
    for piece in ("1-", "a-key-", "key=", "Bearer ", "-_"):
        assert len(redacted(piece * 60_000)) > 0
