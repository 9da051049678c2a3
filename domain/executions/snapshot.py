"""The context of a run as it was at one moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.executions.context import Context
from domain.ids import NodeId


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
