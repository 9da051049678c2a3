"""Secrets that nobody can guess."""

from typing import Protocol


class SecretGenerator(Protocol):
    def new(self) -> str:
        """256 random bits as 43 characters of base64url."""
