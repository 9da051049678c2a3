"""Why a run did what it did, on the wire."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from domain.executions.execution import ExecutionStatus, TriggerSource
from domain.executions.explanation import EdgeOutcome, EndKind, SkipKind


class JudgedRecord(Struct, rename="camel", kw_only=True):
    """The value that decided an edge. `detail` is the comparison or the checks behind it."""

    key: str
    value: Any
    detail: str | None


class EdgeReasonRecord(Struct, rename="camel", kw_only=True):
    edge_id: str
    source: str
    source_label: str
    source_round: int | None
    condition: str | bool | None
    outcome: EdgeOutcome
    judged: JudgedRecord | None
    summary: str


class WaitingRecord(Struct, rename="camel", kw_only=True):
    """`waitedMs` is the most that can have passed from `readyAt` to the start."""

    parents: list[str]
    ready_at: str | None
    waited_ms: int | None
    between_attempts_ms: int


class TriedRecord(Struct, rename="camel", kw_only=True):
    number: int
    status: str
    duration_ms: int
    reason: str | None


class RejectionRecord(Struct, rename="camel", kw_only=True):
    """`judge` rejected what `maker` made; round `fromRound` gave way to `toRound`."""

    judge: str
    judge_label: str
    maker: str
    maker_label: str
    reason: str | None
    from_round: int
    to_round: int


class SkipRecord(Struct, rename="camel", kw_only=True):
    kind: SkipKind
    node_id: str | None
    reason: str


class TokensRecord(Struct, rename="camel", kw_only=True):
    prompt: int
    completion: int
    total: int
    model: str | None
    provider: str | None


class CostRecord(Struct, rename="camel", kw_only=True):
    duration_ms: int
    attempts: int
    retrieval_requests: int
    retrieval_ms: int
    tokens: TokensRecord | None


class LookupRecord(Struct, rename="camel", kw_only=True):
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


class UsedChunkRecord(Struct, rename="camel", kw_only=True):
    number: int
    chunk_id: str | None
    document_id: str | None
    title: str | None
    score: float | None


class UsedKnowledgeRecord(Struct, rename="camel", kw_only=True):
    """`inPrompt` says that a prompt was made of it; `retrievedBy` is the node that looked it up."""

    query: str | None
    chunks: list[UsedChunkRecord]
    omitted: int
    in_prompt: bool
    retrieved_by: str | None


class EntryRecord(Struct, rename="camel", kw_only=True):
    """One round of one node. `status` is `completed`, `failed` or `skipped`, or, before it has run, `waiting` or
    `ready`. `startedAt` is the latest moment at which it can have started."""

    node_id: str
    node_type: str
    label: str
    place: int
    wave: int
    round: int
    status: str
    started_at: str | None
    recorded_at: str | None
    because: list[EdgeReasonRecord]
    waiting: WaitingRecord
    attempts: list[TriedRecord]
    rerun_because: RejectionRecord | None
    discarded_because: RejectionRecord | None
    skipped: SkipRecord | None
    error: str | None
    failure_handled: bool
    retrievals: list[LookupRecord]
    knowledge: UsedKnowledgeRecord | None
    cost: CostRecord
    summary: str


class EndRecord(Struct, rename="camel", kw_only=True):
    kind: EndKind
    node_id: str | None
    reason: str | None


class UsedRecord(Struct, rename="camel", kw_only=True):
    used: int
    most: int


class LimitsRecord(Struct, rename="camel", kw_only=True):
    retries: UsedRecord
    loops: UsedRecord
    retrieval_requests: UsedRecord
    retrieval_failures: UsedRecord
    retrieval_ms: UsedRecord


class TotalsRecord(Struct, rename="camel", kw_only=True):
    """`visits` counts all rounds, and costs are those of all rounds."""

    nodes: int
    visits: int
    completed: int
    failed: int
    skipped: int
    discarded: int
    elapsed_ms: int | None
    cost: CostRecord


class ExplanationRecord(Struct, rename="camel", kw_only=True):
    """`entries` are in the order of what happened; of a run that is not over, what is still to come follows.

    `payload` is the beginning of its JSON. Values are cut, and what is recognised as a secret is masked.
    """

    execution_id: UUID
    workflow_id: UUID
    workflow_name: str
    workflow_version: int
    current_version: int
    trigger: TriggerSource
    payload: str
    status: ExecutionStatus
    created_at: str
    started_at: str | None
    finished_at: str | None
    claims: int
    end: EndRecord
    limits: LimitsRecord | None
    totals: TotalsRecord
    entries: list[EntryRecord]
    summary: str
