"""What is kept of one node of one run."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.executions.attempt import Attempt
from domain.executions.durable_memory import DurableWrite
from domain.executions.retrieval import RetrievalEvent
from domain.ids import EdgeId, NodeId
from domain.values.json import JsonObject

MAX_ERROR_LENGTH = 4096

NO_BRANCH_MATCHED = "No parent branch satisfied edge conditions"
AFTER_FAILURE = "Skipped due to previous node failure"
AFTER_LIMIT = "Skipped due to execution control limits"
AFTER_TERMINATION = "Skipped due to execution termination request"
AFTER_STOP = "Skipped because the run was stopped"


class StepStatus(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Recorded once per node and run. `sequence` is the node's place in the plan, counted from 1.

    `round` counts from 1: how often the node was run because what it or a node before it made was rejected.

    `output` is what the record shows: the node's data with the bookkeeping of its attempts.
    `taken_edges` are the outgoing edges that this output opened; `produced_keys` those keys of the output that the
    node itself made, the only ones by which edges are judged; None is all of them.
    """

    sequence: int
    round: int = 1
    node_id: NodeId
    node_type: str
    status: StepStatus
    input: JsonObject = field(default_factory=dict)
    output: JsonObject | None = None
    duration_ms: int = 0
    error: str | None = None
    taken_edges: tuple[EdgeId, ...] = ()
    produced_keys: tuple[str, ...] | None = ()
    attempts: tuple[Attempt, ...] = ()
    retrievals: tuple[RetrievalEvent, ...] = ()
    durable: tuple[DurableWrite, ...] = ()
    created_at: datetime

    def made(self, key: str) -> bool:
        """Whether the node itself made what its output holds under `key`."""
        return self.produced_keys is None or key in self.produced_keys


def shortened(error: str) -> str:
    """An error text that fits its record: cut with a mark, never lost."""
    return error if len(error) <= MAX_ERROR_LENGTH else error[: MAX_ERROR_LENGTH - 1] + "…"
