"""Passwords at rest."""

from typing import Protocol


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str:
        """A salted hash in PHC string format. Never blocks the event loop."""

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether `password` made `hashed`. With None it takes as long as ever and answers False, so that an
        unknown address cannot be told by the time it takes."""
