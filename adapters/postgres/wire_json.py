"""JSON for the wire, assembled by PostgreSQL: stored documents go in as text, untouched."""

from collections.abc import Mapping
from typing import Final


def json_object(columns: Mapping[str, str]) -> str:
    """`json_build_object` from wire names to SQL expressions, in that order."""
    pairs = ", ".join(f"'{name}', {expression}" for name, expression in columns.items())
    return f"json_build_object({pairs})"


def moment(column: str) -> str:
    """ISO 8601 in UTC with three fractional digits and Z."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


def json_array(rows: str, record: str, order: str) -> str:
    """The `record`s of a FROM clause as one array, `[]` when there are none."""
    return f"(SELECT coalesce(json_agg({record} ORDER BY {order}), '[]') FROM {rows})"


WORKFLOW: Final = json_object(
    {
        "id": "w.id",
        "userId": "w.user_id",
        "name": "w.name",
        "description": "w.description",
        "status": "w.status",
        "nodes": "w.nodes",
        "edges": "w.edges",
        "version": "w.version",
        "sourceTemplateId": "w.source_template_id",
        "sourceTemplateVersion": "w.source_template_version",
        "sourceTemplateParams": "w.source_template_params",
        "createdAt": moment("w.created_at"),
        "updatedAt": moment("w.updated_at"),
    }
)

EXECUTION_COLUMNS: Final = {
    "id": "e.id",
    "workflowId": "e.workflow_id",
    "status": "e.status",
    "triggerPayload": "e.trigger_payload",
    "startedAt": moment("e.started_at"),
    "finishedAt": moment("e.finished_at"),
    "errorMessage": "e.error_message",
    "createdAt": moment("e.created_at"),
}
EXECUTION: Final = json_object(EXECUTION_COLUMNS)

ACTIVE_EXECUTION: Final = json_object(
    {
        "workflowId": "w.id",
        "workflowName": "w.name",
        "workflowStatus": "w.status",
        "executionId": "e.id",
        "executionStatus": "e.status",
        "startedAt": moment("e.started_at"),
        "createdAt": moment("e.created_at"),
    }
)

STEP: Final = json_object(
    {
        "id": "s.id",
        "executionId": "s.execution_id",
        "nodeId": "s.node_id",
        "nodeType": "s.node_type",
        "status": "s.status",
        "input": "s.input",
        "output": "s.output",
        "durationMs": "s.duration_ms",
        "error": "s.error",
        "createdAt": moment("s.created_at"),
    }
)

ATTEMPT: Final = json_object(
    {
        "id": "a.id",
        "executionId": "a.execution_id",
        "nodeId": "a.node_id",
        "nodeType": "a.node_type",
        "attempt": "a.attempt",
        "status": "a.status",
        "durationMs": "a.duration_ms",
        "reason": "a.reason",
        "createdAt": moment("a.created_at"),
    }
)

SNAPSHOT: Final = json_object(
    {
        "id": "c.id",
        "executionId": "c.execution_id",
        "sequence": "c.sequence",
        "reason": "c.reason",
        "nodeId": "c.node_id",
        "nodeType": "c.node_type",
        "state": "c.state",
        "createdAt": moment("c.created_at"),
    }
)

RETRIEVAL_EVENT: Final = json_object(
    {
        "id": "r.id",
        "executionId": "r.execution_id",
        "nodeId": "r.node_id",
        "nodeType": "r.node_type",
        "query": "r.query",
        "topK": "r.top_k",
        "attempt": "r.attempt",
        "maxAttempts": "r.max_attempts",
        "status": "r.status",
        "matchesCount": "r.matches_count",
        "durationMs": "r.duration_ms",
        "errorMessage": "r.error_message",
        "scopeType": "r.scope_type",
        "corpusId": "r.corpus_id",
        "workflowIdScope": "r.workflow_id_scope",
        "executionIdScope": "r.execution_id_scope",
        "strategy": "r.strategy",
        "retrieverKey": "r.retriever_key",
        "branchIndex": "r.branch_index",
        "selected": "r.selected",
        "createdAt": moment("r.created_at"),
    }
)
