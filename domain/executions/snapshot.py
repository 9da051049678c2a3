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


_ALWAYS_SHOWN_BYTES: Final = 1024


def shown(context: Context, *, most: int) -> Context:
    """The context as a snapshot shows it: in `most` bytes of JSON, without the largest values if need be.

    In place of each value that is left out stands `{"_omitted": true, "bytes": …}`; values of up to a kibibyte are
    always shown. The run itself goes on with all of them.
    """
    size = json_size({**context.memory, "": context.knowledge}, most=most)
    if size <= most:
        return context
    memory, left = _fitting(context.memory, most)
    knowledge, _ = _fitting(context.knowledge, left)
    return replace(context, memory=memory, knowledge=knowledge)


def _fitting(values: JsonObject, most: int) -> tuple[JsonObject, int]:
    """`values` with the largest left out until they fit, and how many bytes are left then."""
    sizes = {key: json_size(value, most=1 << 30) for key, value in values.items()}
    total = sum(sizes.values())
    omitted: dict[str, Json] = {}
    for key in sorted(sizes, key=lambda each: sizes[each], reverse=True):
        if total <= most or sizes[key] <= _ALWAYS_SHOWN_BYTES:
            break
        total -= sizes[key]
        omitted[key] = {"_omitted": True, "bytes": sizes[key]}
    return {**values, **omitted}, max(0, most - total)
