"""The memory of workflows on the wire."""

from typing import Annotated, Any

from msgspec import Struct

from application.ports.workflow_memory import MemoryEntry
from domain.executions.durable_memory import LONGEST_KEY
from domain.values.timestamps import timestamp
from entrypoints.wire.texts import trimmed


class MemoryEntryOrder(Struct, rename="camel", kw_only=True):
    key: Annotated[str, trimmed(1, LONGEST_KEY)]
    value: Any


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
