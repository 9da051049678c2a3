"""Positions in lists: where a page ended, so that the next one starts right after it whatever was added meanwhile."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from domain.errors import Fault, Invalid

Key: TypeAlias = "datetime | UUID | int"
"""What a list is ordered by."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST: Final = 2**63 - 1


class InvalidCursor(Invalid):
    def __init__(self) -> None:
        fault = Fault(("cursor",), "invalid_cursor", "Not a cursor of this list: take it from meta.nextCursor as it is")
        super().__init__("Invalid query params", [fault])


def written(name: str, keys: Sequence[Key]) -> str:
    """A position in the list of that name, as text that means nothing to others."""
    text = ".".join([name, *(_written(key) for key in keys)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, name: str, kinds: Sequence[type[Key]]) -> list[Key]:
    """The keys of a position, of these kinds. Raise InvalidCursor for the position of another list, or none at all."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        found, *parts = text.split(".")
        keys = [_read(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (binascii.Error, ValueError, OverflowError) as refusal:
        raise InvalidCursor from refusal
    if found != name:
        raise InvalidCursor
    return keys


def _written(key: Key) -> str:
    if isinstance(key, datetime):
        return str((key - _EPOCH) // timedelta(microseconds=1))
    return str(key)


def _read(text: str, kind: type[Key]) -> Key:
    if kind is UUID:
        return UUID(text)
    number = int(text)
    if not 0 <= number <= _LARGEST or str(number) != text:
        raise ValueError(text)
    return _EPOCH + timedelta(microseconds=number) if kind is datetime else number
