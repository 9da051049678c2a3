"""E-mail syntax."""

from typing import Protocol


class AddressChecker(Protocol):
    def is_email(self, text: str) -> bool:
        """Whether `text` has the syntax of a deliverable address. Asks no network."""
