"""Why each node of a run did what it did, in order: the values that an explanation is made of.

Everything here is derived from what is on record; `domain.executions.explaining` derives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.executions.attempt import Attempt
from domain.executions.execution import ExecutionStatus, TriggerSource
from domain.ids import EdgeId, ExecutionId, NodeId, WorkflowId
from domain.values.json import Json
from domain.workflows.graph import EdgeCondition


class EdgeOutcome(StrEnum):
    TAKEN = "taken"
    NOT_TAKEN = "not-taken"
    SOURCE_FAILED = "source-failed"
    SOURCE_SKIPPED = "source-skipped"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What an edge was judged by: a value that its source produced, and for a comparison or a check what led to it."""

    key: str
    value: Json
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeReason:
    """`source_round` is the round of the source whose output was judged, None where there was none."""

    edge_id: EdgeId
    source: NodeId
    source_label: str
    source_round: int | None
    condition: EdgeCondition
    outcome: EdgeOutcome
    judged: Judged | None = None
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`ready_at` is when the last of `parents` was done, or whoever had it made anew; for roots, when the run was
    accepted. `waited_ms` is the most that can have passed from there to the start, `between_attempts_ms` the time
    between its own attempts.
    """

    parents: Sequence[NodeId]
    ready_at: datetime | None
    waited_ms: int | None
    between_attempts_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """`judge` rejected what `maker` made, and what was made in `from_round` gave way to `to_round`."""

    judge: NodeId
    judge_label: str
    maker: NodeId
    maker_label: str
    reason: str | None
    from_round: int
    to_round: int


class SkipKind(StrEnum):
    NO_BRANCH = "no-branch"
    EARLIER_FAILURE = "earlier-failure"
    LIMIT = "limit"
    TERMINATION = "termination"
    STOP = "stop"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """`node_id` is the node that is behind it, where one is."""

    kind: SkipKind
    node_id: NodeId | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    prompt: int
    completion: int
    total: int
    model: str | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`tokens` is None where no model answered. Answers of attempts that were tried again are not on record."""

    duration_ms: int
    attempts: int
    retrieval_requests: int
    retrieval_ms: int
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One attempt of one retriever."""

    query: str
    retriever_key: str
    strategy: str
    attempt: int
    max_attempts: int
    status: str
    matches: int
    selected: bool | None
    duration_ms: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedChunk:
    """`number` is how the prompt calls it, counted from 1."""

    number: int
    chunk_id: str | None
    document_id: str | None
    title: str | None
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedKnowledge:
    """`in_prompt` says that a prompt was made of it, not merely that the node received it. `retrieved_by` is the node
    that looked it up, None where that is not on record."""

    query: str | None
    chunks: Sequence[UsedChunk]
    omitted: int
    in_prompt: bool
    retrieved_by: NodeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One round of one node. `status` is `waiting` or `ready` where it has not run yet.

    `started_at` is the latest moment at which it can have started: nodes of a wave may go on record after each other
    although they ran side by side.
    """

    node_id: NodeId
    node_type: str
    label: str
    place: int
    wave: int
    round: int
    status: str
    started_at: datetime | None = None
    recorded_at: datetime | None = None
    because: Sequence[EdgeReason]
    waiting: Waiting
    attempts: Sequence[Attempt] = ()
    rerun_because: Rejection | None = None
    discarded_because: Rejection | None = None
    skipped: Skip | None = None
    error: str | None = None
    failure_handled: bool = False
    retrievals: Sequence[Lookup] = ()
    knowledge: UsedKnowledge | None = None
    cost: Cost
    summary: str


class EndKind(StrEnum):
    """How a run came to be what it is. `open` has not ended."""

    OPEN = "open"
    COMPLETED = "completed"
    FAILURE = "failure"
    LIMIT = "limit"
    TERMINATION = "termination"
    STOP = "stop"
    INVALID_GRAPH = "invalid-graph"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    kind: EndKind
    node_id: NodeId | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How much of a limit of the run was used, as of its latest snapshot."""

    used: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    retries: Used
    loops: Used
    retrieval_requests: Used
    retrieval_failures: Used
    retrieval_ms: Used


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """`nodes` is how many the graph has; `visits` counts all rounds. Costs are those of all rounds, discarded ones
    too; `elapsed_ms` is the time from start to end by the clock, None where either is missing."""

    nodes: int
    visits: int
    completed: int
    failed: int
    skipped: int
    discarded: int
    elapsed_ms: int | None
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    execution_id: ExecutionId
    workflow_id: WorkflowId
    workflow_name: str
    workflow_version: int
    current_version: int
    trigger: TriggerSource
    payload: str
    status: ExecutionStatus
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    claims: int
    end: End
    limits: Limits | None
    totals: Totals
    entries: Sequence[Entry]
    summary: str
