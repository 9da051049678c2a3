"""The context of a run as it was at one moment."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.executions.context import Context
from domain.ids import NodeId
from domain.values.json import Json, JsonObject
from domain.values.json_size import json_size


class SnapshotReason(StrEnum):
    INIT = "init"
    STEP = "step"
    FINAL = "final"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`sequence` counts from 1 within the run: init first, then one per node, then final or error."""

    sequence: int
    reason: SnapshotReason
    node_id: NodeId | None = None
    node_type: str | None = None
    context: Context
    created_at: datetime


_SMALL_BYTES: Final = 1024
_ALWAYS_SHOWN: Final = frozenset({"triggerPayload", "retry.lastOutcome", "execution.outcome"})


class Sizes:
    """How large remembered values are as JSON. They are replaced, never changed, so each is measured only once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[Json, int]] = {}

    def of(self, section: str, values: JsonObject) -> dict[str, int]:
        """By key, with the key and its separators."""
        return {key: self._size(section, key, value) for key, value in values.items()}

    def total(self, context: Context) -> int:
        sections = {"memory": context.memory, "knowledge": context.knowledge}
        return sum(size for section, values in sections.items() for size in self.of(section, values).values())

    def _size(self, section: str, key: str, value: Json) -> int:
        known = self._known.get((section, key))
        if known is None or known[0] is not value:
            known = self._known[section, key] = (value, json_size({key: value}, most=1 << 30))
        return known[1]


def shown(context: Context, *, most: int, sizes: Sizes) -> Context:
    """The context as a snapshot shows it: in `most` bytes of JSON, without the largest values if need be.

    In place of each larger value that is left out stands `{"_omitted": true, "bytes": …}`. Where many small ones are
    too much, the oldest go, and `_omitted` says how many: `{"keys": …, "bytes": …}`. The run itself goes on with all.
    """
    if sizes.total(context) <= most:
        return context
    memory, left = _fitting(context.memory, sizes.of("memory", context.memory), most)
    knowledge, _ = _fitting(context.knowledge, sizes.of("knowledge", context.knowledge), left)
    return replace(context, memory=memory, knowledge=knowledge)


def _fitting(values: JsonObject, sizes: dict[str, int], most: int) -> tuple[JsonObject, int]:
    """`values` with the largest, then the oldest left out until they fit, and how many bytes are left then."""
    total = sum(sizes.values())
    omitted: dict[str, Json] = {}
    for key in sorted(sizes, key=lambda each: sizes[each], reverse=True):
        if total <= most or sizes[key] <= _SMALL_BYTES:
            break
        total -= sizes[key]
        omitted[key] = {"_omitted": True, "bytes": sizes[key]}
    kept = {**values, **omitted}
    oldest = [key for key in values if key not in omitted and key not in _ALWAYS_SHOWN] if total > most else []
    bytes_gone = keys_gone = 0
    for key in oldest:
        if total - bytes_gone <= most:
            break
        bytes_gone, keys_gone = bytes_gone + sizes[key], keys_gone + 1
        del kept[key]
    if keys_gone:
        kept["_omitted"] = {"keys": keys_gone, "bytes": bytes_gone}
    return kept, max(0, most - total + bytes_gone)
