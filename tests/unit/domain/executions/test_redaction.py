"""Secrets do not survive in error texts."""

import pytest

from domain.executions.redaction import names_a_secret, redacted


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("GET /v1?key=AIzaSyA1234567890abcdefghij failed", "GET /v1?key=[REDACTED] failed"),
        ("api_key: sk-abcdefghijklmnopqrstuvwx", "api_key=[REDACTED]"),
        ('{"apiKey": "abcdefghijklmnopqrstuvwx"}', '{"apiKey=[REDACTED]}'),
        ("Authorization: Bearer abc.def.ghi", "Authorization: Bearer [REDACTED]"),
        ("the key=short one stays", "the key=short one stays"),
        ("?access_token=abcdefghijklmnopqrstuvwx&a=1", "?access_token=[REDACTED]&a=1"),
        ("client_secret: 'abcdefghijklmnopqrstuvwx'", "client_secret=[REDACTED]"),
        ("Unexpected token: identifier", "Unexpected token: identifier"),
        ("user=ada password=hunter2, retry", "user=ada password=[REDACTED], retry"),
        ("password: it is too short", "password: it is too short"),
        ("Authorization: Basic YWRhOmh1bnRlcjI=", "Authorization: Basic [REDACTED]"),
        ("Basic authentication is off", "Basic authentication is off"),
        ("postgres://ada:hunter2@db:5432/rex is away", "postgres://[REDACTED]@db:5432/rex is away"),
        ("https://example.com/@ada stays", "https://example.com/@ada stays"),
        ("Incorrect key provided: sk-proj-abcdefghijklmnop", "Incorrect key provided: sk-[REDACTED]"),
    ],
)
def test_removes_what_is_recognised_as_a_secret_and_nothing_else(text: str, cleaned: str) -> None:
    assert redacted(text) == cleaned


def test_reads_any_text_in_a_time_that_grows_with_its_length() -> None:
    for piece in ("1-", "a-key-", "key=", "Bearer ", "-_", "://", "://a", "pwd=", "sk-"):
        assert len(redacted(piece * 60_000)) > 0


@pytest.mark.parametrize("name", ["password", "apiKey", "api_key", "x-api-key", "accessToken", "Authorization"])
def test_knows_the_names_of_secrets(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize("name", ["", "key", "storageKey", "promptTokens", "tokens", "passwordHint", "author"])
def test_does_not_take_every_name_for_one(name: str) -> None:
    assert not names_a_secret(name)
