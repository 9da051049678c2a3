"""Runs and what they leave behind on the wire."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, field

from domain.executions.execution import ExecutionStatus


class Trigger(Struct, kw_only=True):
    """`payload` is what the first nodes of the run receive."""

    payload: dict[str, Any] = field(default_factory=dict)

    def meaning(self) -> bytes:
        """The same for every way to write the same request."""
        return msgspec.json.encode(self, order="deterministic")


class ExecutionStarted(Struct, rename="camel", kw_only=True):
    execution_id: UUID


class ExecutionStopped(Struct, rename="camel", kw_only=True):
    execution_id: UUID
    status: ExecutionStatus


class ExecutionRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    workflow_id: UUID
    status: ExecutionStatus
    trigger_payload: Any
    started_at: str | None
    finished_at: str | None
    error_message: str | None
    created_at: str


class ActiveExecutionRecord(Struct, rename="camel", kw_only=True):
    workflow_id: UUID
    workflow_name: str
    workflow_status: str
    execution_id: UUID
    execution_status: ExecutionStatus
    started_at: str | None
    created_at: str


class StepRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    execution_id: UUID
    node_id: str
    node_type: str
    status: str
    input: dict[str, Any]
    output: dict[str, Any] | None
    duration_ms: int | None
    error: str | None
    created_at: str


class StepAttemptRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    execution_id: UUID
    node_id: str
    node_type: str
    attempt: int
    status: str
    duration_ms: int
    reason: str | None
    created_at: str


class RetrievalEventRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    execution_id: UUID
    node_id: str
    node_type: str
    query: str
    top_k: int
    attempt: int
    max_attempts: int
    status: str
    matches_count: int
    duration_ms: int
    error_message: str | None
    scope_type: str | None
    corpus_id: UUID | None
    workflow_id_scope: UUID | None
    execution_id_scope: UUID | None
    strategy: str | None
    retriever_key: str | None
    branch_index: int | None
    selected: bool | None
    created_at: str


class ContextSnapshotRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    execution_id: UUID
    sequence: int
    reason: str
    node_id: str | None
    node_type: str | None
    state: dict[str, Any]
    created_at: str


class ShownPart(Struct, rename="camel", kw_only=True):
    """How much of a list the detail shows: its first page."""

    total: int
    page: int
    limit: int
    total_pages: int
    truncated: bool


class ExecutionDetail(ExecutionRecord, rename="camel", kw_only=True):
    """`steps` are complete and in execution order; the other lists are the newest of each, latest first."""

    steps: list[StepRecord]
    step_attempts: list[StepAttemptRecord]
    retrieval_events: list[RetrievalEventRecord]
    context_snapshots: list[ContextSnapshotRecord]
    step_attempts_meta: ShownPart
    retrieval_events_meta: ShownPart
    context_snapshots_meta: ShownPart
