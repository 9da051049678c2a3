"""Everything on record about one run, read at once."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from adapters.postgres.database import Database
from adapters.postgres.documents import decoded, graph_from
from adapters.postgres.history_statement import history_statement
from adapters.postgres.optional_tables import OptionalTables
from adapters.postgres.record_rows import round_of_retrieval
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.errors import ExecutionNotFound
from domain.executions.execution import ExecutionStatus, TriggerSource
from domain.executions.history import RunRecords
from domain.executions.retrieval import RetrievalEvent, RetrievalStatus, Strategy
from domain.executions.step import Step, StepStatus
from domain.ids import CorpusId, EdgeId, ExecutionId, NodeId, UserId, WorkflowId
from domain.knowledge.scope import Scope, ScopeType

_Row: TypeAlias = dict[str, Any]


class PostgresRunHistory:
    def __init__(self, database: Database, warn: Callable[[str], None]) -> None:
        self._database = database
        self._optional = OptionalTables(warn)

    async def of(self, execution_id: ExecutionId, owner_id: UserId) -> RunRecords:
        row = await self._optional.tolerating(
            lambda sql: self._database.row(sql, execution_id, owner_id), history_statement
        )
        if row is None:
            raise ExecutionNotFound
        return _records_from(row)


def _records_from(row: asyncpg.Record) -> RunRecords:
    attempts, retrievals = _attempts_from(decoded(row["attempts"])), _retrievals_from(decoded(row["retrievals"]))
    steps: list[_Row] = decoded(row["steps"])
    counters = {} if row["counters"] is None else decoded(row["counters"])
    return RunRecords(
        id=ExecutionId(row["id"]),
        workflow_id=WorkflowId(row["workflow_id"]),
        workflow_name=row["name"],
        workflow_version=row["workflow_version"],
        current_version=row["current_version"],
        trigger=TriggerSource(row["trigger_source"]),
        payload=row["payload"],
        graph=graph_from(row["nodes"], row["edges"]),
        status=ExecutionStatus(row["status"]),
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        error=row["error_message"],
        claims=row["claims"],
        is_held=row["is_held"],
        steps=[_step_from(each, attempts, retrievals) for each in steps if not each["is_superseded"]],
        superseded=[_step_from(each, attempts, retrievals) for each in steps if each["is_superseded"]],
        emitted=_emitted_from(decoded(row["emitted"])),
        control=counters.get("control"),
        retrieval=counters.get("retrieval"),
    )


def _step_from(
    step: _Row,
    attempts: Mapping[str, Sequence[Attempt]],
    retrievals: Mapping[tuple[str, int], Sequence[RetrievalEvent]],
) -> Step:
    tried, made = attempts.get(step["node_id"], ()), step["attempts_made"]
    return Step(
        sequence=step["sequence"],
        round=step["round"],
        node_id=NodeId(step["node_id"]),
        node_type=step["node_type"],
        status=StepStatus(step["status"]),
        input=step["input"],
        output=step["output"],
        duration_ms=step["duration_ms"],
        error=step["error"],
        taken_edges=tuple(EdgeId(each) for each in step["taken_edges"]),
        produced_keys=None,
        attempts=tuple(each for each in tried if made is None or each.number <= made),
        retrievals=tuple(retrievals.get((step["node_id"], step["round"]), ())),
        created_at=datetime.fromisoformat(step["created_at"]),
    )


def _attempts_from(rows: Sequence[_Row]) -> Mapping[str, Sequence[Attempt]]:
    """Of all rounds, by node."""
    found: dict[str, list[Attempt]] = defaultdict(list)
    for row in rows:
        attempt = Attempt(
            number=row["attempt"],
            status=AttemptStatus(row["status"]),
            duration_ms=row["duration_ms"],
            reason=row["reason"],
        )
        found[row["node_id"]].append(attempt)
    return found


def _retrievals_from(rows: Sequence[_Row]) -> Mapping[tuple[str, int], Sequence[RetrievalEvent]]:
    """By node and round."""
    found: dict[tuple[str, int], list[RetrievalEvent]] = defaultdict(list)
    for row in rows:
        found[row["node_id"], round_of_retrieval(row["sequence"])].append(_retrieval_from(row))
    return found


def _retrieval_from(row: _Row) -> RetrievalEvent:
    return RetrievalEvent(
        query=row["query"],
        top_k=row["top_k"],
        attempt=row["attempt"],
        max_attempts=row["max_attempts"],
        status=RetrievalStatus(row["status"]),
        matches_count=row["matches_count"],
        duration_ms=row["duration_ms"],
        error=row["error_message"],
        scope=_scope_from(row),
        strategy=Strategy(row["strategy"] or Strategy.SINGLE),
        retriever_key=row["retriever_key"] or "",
        branch_index=row["branch_index"] or 1,
        selected=row["selected"],
        created_at=datetime.fromisoformat(row["created_at"]),
    )


def _scope_from(row: _Row) -> Scope:
    corpus, workflow, execution = row["corpus_id"], row["workflow_id_scope"], row["execution_id_scope"]
    return Scope(
        corpus_id=None if corpus is None else CorpusId(UUID(corpus)),
        type=None if row["scope_type"] is None else ScopeType(row["scope_type"]),
        workflow_id=None if workflow is None else WorkflowId(UUID(workflow)),
        execution_id=None if execution is None else ExecutionId(UUID(execution)),
    )


def _emitted_from(rows: Sequence[_Row]) -> Mapping[NodeId, Sequence[int]]:
    found: dict[NodeId, list[int]] = defaultdict(list)
    for row in rows:
        found[NodeId(row["node_id"])].append(row["number"])
    return found
