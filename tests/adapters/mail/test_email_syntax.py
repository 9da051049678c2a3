"""What is an address."""

import pytest

from adapters.mail.email_syntax import EmailSyntax


@pytest.mark.parametrize("text", ["ada@example.com", "a.b+c@sub.example.org", "ü@example.com", "x@rex.test"])
def test_takes_addresses(text: str) -> None:
    assert EmailSyntax().is_email(text)


@pytest.mark.parametrize("text", ["", "ada", "ada@", "@example.com", "a b@example.com", "a@b@c.d", "a@-x.com"])
def test_refuses_everything_else(text: str) -> None:
    assert not EmailSyntax().is_email(text)
