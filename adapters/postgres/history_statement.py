"""One statement for everything on record about a run. Of documents it takes only what explains the run: what
`domain.executions.evidence` says, which is the same in Python."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from adapters.postgres.journal_statements import ATTEMPTS, RETRIEVALS, SNAPSHOTS, STEP_COLUMNS
from adapters.postgres.wire_json import json_array, json_object
from domain.executions.evidence import (
    CONFIG_KEYS,
    MATCH_KEYS,
    MOST_BYTES,
    MOST_INNER_BYTES,
    MOST_KEYS,
    MOST_MATCHES,
    MOST_PAYLOAD_CHARACTERS,
    OUTPUT_KEYS,
)


def _readable(document: str) -> str:
    """JSON may spell NUL, which PostgreSQL refuses as soon as it looks into the document."""
    return rf"replace({document}::text, '\u0000', '\ufffd')::json"


def _omitted(value: str) -> str:
    return f"json_build_object('_omitted', true, 'bytes', octet_length({value}::text))"


def _bounded(value: str) -> str:
    return f"""
    CASE WHEN {value} IS NULL THEN NULL
         WHEN octet_length({value}::text) <= {MOST_BYTES} THEN {value}
         WHEN json_typeof({value}) = 'object' THEN (
             SELECT json_object_agg(inside.key, CASE WHEN octet_length(inside.value::text) <= {MOST_INNER_BYTES}
                                                     THEN inside.value ELSE {_omitted("inside.value")} END)
             FROM (SELECT * FROM json_each({value}) LIMIT {MOST_KEYS}) AS inside)
         ELSE {_omitted(value)} END"""


def _pieces(document: str, keys: Sequence[str], condition: str = "true") -> str:
    names = ", ".join(f"'{key}'" for key in keys)
    return f"""(
    SELECT coalesce(json_object_agg(piece.key, {_bounded("piece.value")}), '{{}}')
    FROM json_each({_readable(document)}) AS piece WHERE piece.key IN ({names}) AND {condition})"""


_MATCH: Final = _pieces("CASE WHEN json_typeof(match.value) = 'object' THEN match.value ELSE '{}' END", MATCH_KEYS)
_MATCHES: Final = """
    CASE WHEN json_typeof(piece.value -> 'matches') = 'array' THEN piece.value -> 'matches' ELSE '[]' END"""
_KNOWLEDGE: Final = json_object(
    {
        "query": _bounded("(piece.value -> 'query')"),
        "matches": f"""(
            SELECT coalesce(json_agg({_MATCH} ORDER BY match.ordinality), '[]')
            FROM json_array_elements({_MATCHES}) WITH ORDINALITY AS match (value, ordinality)
            WHERE match.ordinality <= {MOST_MATCHES})""",
        "found": f"json_array_length({_MATCHES})",
    }
)
_RECEIVED: Final = f"""(
    SELECT coalesce(json_object_agg(piece.key, CASE piece.key WHEN '_retry' THEN {_bounded("piece.value")}
                                                              ELSE {_KNOWLEDGE} END), '{{}}')
    FROM json_each({_readable("s.input")}) AS piece
    WHERE piece.key = '_retry' OR (piece.key = '_knowledge' AND json_typeof(piece.value) = 'object'))"""

_MADE: Final = f"""
    (s.produced_keys IS NULL OR piece.key IN (SELECT json_array_elements_text({_readable("s.produced_keys")})))"""

_STEP: Final = json_object(
    {
        "sequence": "s.sequence",
        "round": "s.round",
        "node_id": "s.node_id",
        "node_type": "s.node_type",
        "status": "s.status",
        "input": _RECEIVED,
        "output": _pieces("s.output", OUTPUT_KEYS, _MADE),
        "duration_ms": "s.duration_ms",
        "error": "s.error",
        "taken_edges": "s.taken_edges",
        "created_at": "s.created_at",
        "is_superseded": "s.is_superseded",
        "attempts_made": "s.attempts_made",
    }
)
_COLUMNS: Final = ", ".join(STEP_COLUMNS)
_STEPS: Final = f"""(
    SELECT true AS is_superseded, attempts_made, {_COLUMNS} FROM execution_superseded_steps WHERE execution_id = $1
    UNION ALL
    SELECT false, NULL, {_COLUMNS} FROM execution_steps WHERE execution_id = $1) AS s"""

_ATTEMPT: Final = json_object({name: f"a.{name}" for name in ("node_id", "attempt", "status", "duration_ms", "reason")})
_RETRIEVAL_COLUMNS: Final = (
    "sequence",
    "node_id",
    "query",
    "top_k",
    "attempt",
    "max_attempts",
    "status",
    "matches_count",
    "duration_ms",
    "error_message",
    "scope_type",
    "corpus_id",
    "workflow_id_scope",
    "execution_id_scope",
    "strategy",
    "retriever_key",
    "branch_index",
    "selected",
    "created_at",
)
_RETRIEVAL: Final = json_object({name: f"r.{name}" for name in _RETRIEVAL_COLUMNS})

_NODE: Final = json_object(
    {
        **{key: f"n.value -> '{key}'" for key in ("id", "type", "label", "position")},
        "config": _pieces("(n.value -> 'config')", CONFIG_KEYS),
    }
)
_NODES: Final = f"""(
    SELECT coalesce(json_agg({_NODE} ORDER BY n.ordinality), '[]')
    FROM json_array_elements({_readable("e.nodes")}) WITH ORDINALITY AS n (value, ordinality))"""

_COUNTERS: Final = f"""(
    SELECT json_build_object('control', seen.state -> 'control', 'retrieval', seen.state -> 'retrieval')
    FROM (SELECT {_readable("state")} AS state FROM {SNAPSHOTS}
          WHERE execution_id = $1 ORDER BY sequence DESC LIMIT 1) AS seen)"""


@cache
def history_statement(without: frozenset[str]) -> str:
    """`without` names tables that are not there."""

    def listed(table: str, alias: str, record: str, order: str, condition: str = "true") -> str:
        if table in without:
            return "'[]'::json"
        return json_array(f"{table} AS {alias} WHERE {alias}.execution_id = $1 AND {condition}", record, order)

    emitted = listed(
        SNAPSHOTS,
        "c",
        "json_build_object('node_id', c.node_id, 'number', c.sequence)",
        "c.sequence",
        "c.reason = 'step' AND c.node_id IS NOT NULL",
    )
    return f"""
SELECT e.id, e.workflow_id, w.name, e.workflow_version, w.version AS current_version, e.trigger_source,
       left(e.trigger_payload::text, {MOST_PAYLOAD_CHARACTERS}) AS payload, {_NODES} AS nodes, e.edges, e.status,
       e.created_at, e.started_at, e.finished_at, e.error_message, e.claims,
       coalesce(e.status = 'running' AND e.lease_expires_at > now(), false) AS is_held,
       {json_array(_STEPS, _STEP, "CASE WHEN s.is_superseded THEN s.round END, s.sequence")} AS steps,
       {listed(ATTEMPTS, "a", _ATTEMPT, "a.node_id, a.attempt")} AS attempts,
       {listed(RETRIEVALS, "r", _RETRIEVAL, "r.sequence")} AS retrievals,
       {emitted} AS emitted,
       {"NULL::json" if SNAPSHOTS in without else _COUNTERS} AS counters
FROM executions AS e JOIN workflows AS w ON w.id = e.workflow_id
WHERE e.id = $1 AND e.user_id = $2
"""
