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
