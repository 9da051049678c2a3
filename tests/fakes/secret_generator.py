"""Secrets in a row."""

from itertools import count


class FakeSecrets:
    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        return f"secret{next(self._numbers):037}"
