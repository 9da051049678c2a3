"""Secrets at rest."""

from dataclasses import dataclass, field
from typing import Protocol

from domain.errors import Unavailable


class SecretUnreadable(Unavailable):
    """What was sealed cannot be opened: its key is not in the ring, or it was tampered with or moved.

    `detail` is for operators; callers are told nothing about keys.
    """

    def __init__(self, detail: str) -> None:
        super().__init__("A stored secret cannot be opened at the moment")
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """`text` can be stored anywhere; `ring_key` names the key that sealed it."""

    text: str = field(repr=False)
    ring_key: str


class SecretBox(Protocol):
    """Authenticated encryption with a ring of keys: the first seals, any opens."""

    @property
    def current(self) -> str:
        """The name of the key that seals now."""

    def seal(self, secret: str, *, binding: str) -> Sealed:
        """It can only be opened with the same `binding`. Two seals of one secret differ."""

    def open(self, sealed: str, *, binding: str) -> str:
        """Raise SecretUnreadable."""
