"""Steps and snapshots as rows."""

from typing import Any, Final

from adapters.postgres.documents import encoded
from adapters.postgres.texts import storable
from domain.executions.context import context_as_json
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId

MOST_KEY_CHARACTERS: Final = 100


def step_row(execution_id: ExecutionId, step: Step) -> dict[str, Any]:
    return {
        "execution_id": execution_id,
        "sequence": step.sequence,
        "node_id": step.node_id,
        "node_type": step.node_type,
        "status": step.status.value,
        "input": encoded(step.input),
        "output": None if step.output is None else encoded(step.output),
        "duration_ms": step.duration_ms,
        "error": storable(step.error),
        "taken_edges": encoded(step.taken_edges),
        "created_at": step.created_at,
        "round": step.round,
        "produced_keys": None if step.produced_keys is None else encoded(step.produced_keys),
    }


def superseded_row(execution_id: ExecutionId, step: Step) -> dict[str, Any]:
    """Later rounds add attempts of the same node: this says which were made up to here."""
    return {**step_row(execution_id, step), "attempts_made": len(step.attempts)}


def attempt_rows(execution_id: ExecutionId, step: Step) -> list[dict[str, Any]]:
    return [
        {
            "execution_id": execution_id,
            "sequence": step.sequence,
            "node_id": step.node_id,
            "node_type": step.node_type,
            "attempt": attempt.number,
            "status": attempt.status.value,
            "duration_ms": attempt.duration_ms,
            "reason": storable(attempt.reason),
            "created_at": step.created_at,
        }
        for attempt in step.attempts
    ]


_PLACES: Final = 1_000
"""More than one node can look up in one round, and more than it has rounds."""


def retrieval_rows(execution_id: ExecutionId, step: Step) -> list[dict[str, Any]]:
    """Their sequence follows from what they belong to, so that writing them again changes nothing."""
    first = (step.sequence * _PLACES + min(step.round, _PLACES - 1)) * _PLACES
    return [
        {
            "execution_id": execution_id,
            "sequence": first + at,
            "node_id": step.node_id,
            "node_type": step.node_type,
            "query": storable(event.query),
            "top_k": event.top_k,
            "attempt": event.attempt,
            "max_attempts": event.max_attempts,
            "status": event.status.value,
            "matches_count": event.matches_count,
            "duration_ms": event.duration_ms,
            "error_message": storable(event.error),
            "scope_type": event.scope.type,
            "corpus_id": event.scope.corpus_id,
            "workflow_id_scope": event.scope.workflow_id,
            "execution_id_scope": event.scope.execution_id,
            "strategy": event.strategy.value,
            "retriever_key": storable(event.retriever_key[:MOST_KEY_CHARACTERS]),
            "branch_index": event.branch_index,
            "selected": event.selected,
            "created_at": event.created_at,
        }
        for at, event in enumerate(step.retrievals[:_PLACES])
    ]


def round_of_retrieval(sequence: int) -> int:
    """In which round of its node a retrieval of this sequence was made."""
    return sequence // _PLACES % _PLACES


def snapshot_row(execution_id: ExecutionId, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "execution_id": execution_id,
        "sequence": snapshot.sequence,
        "reason": snapshot.reason.value,
        "node_id": snapshot.node_id,
        "node_type": snapshot.node_type,
        "state": encoded(context_as_json(snapshot.context)),
        "created_at": snapshot.created_at,
    }
