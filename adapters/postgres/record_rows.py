"""Steps and snapshots as rows."""

from typing import Any

from adapters.postgres.documents import encoded
from adapters.postgres.texts import storable
from domain.executions.context import context_as_json
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId


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
    }


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
