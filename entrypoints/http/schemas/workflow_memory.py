"""The memory of workflows on the wire."""

from typing import Any

from msgspec import Struct

from application.ports.workflow_memory import MemoryEntry
from domain.values.timestamps import timestamp


class MemoryEntryRecord(Struct, rename="camel", kw_only=True):
    key: str
    value: Any
    updated_at: str

    @classmethod
    def of(cls, entry: MemoryEntry) -> "MemoryEntryRecord":
        return cls(key=entry.key, value=entry.value, updated_at=timestamp(entry.updated_at))


class Cleared(Struct, kw_only=True):
    """How many keys were forgotten."""

    cleared: int
