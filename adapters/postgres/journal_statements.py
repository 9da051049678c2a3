"""The run journal's statements, each complete in itself.

Leases are judged by the database's clock. Every write begins with a fence: an update of the run's own row that only
holds while the run still has the writer's epoch and still runs. What is inserted is selected from the fence, so
without it nothing happens. Writing the same again changes nothing.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Final

from adapters.postgres.memory_statements import MEMORY_COLUMNS, memory_insert

_IS_WAITING: Final = """(
    status = 'pending'
    OR (status = 'running' AND coalesce(lease_expires_at, '-infinity') <= now())
)"""

_CAN_BE_CLAIMED: Final = f"status IN ('pending', 'running') AND {_IS_WAITING} AND claims < $3"

_OWNERS_LOOKED_AT: Final = 64
"""However many wait, a claim costs the same: beyond so many owners, the oldest runs decide who is looked at, too."""

# Hops through an index from owner to owner, each time to the oldest run that waits: whoever has a hundred thousand
# waiting costs as much as anybody else. Ranges where equality would do keep PostgreSQL from fetching and sorting all
# that one owner has. The queue is in order before the first row is locked, so that no other one is.
CLAIM: Final = f"""
WITH RECURSIVE oldest_of_owners AS (
    (SELECT user_id, created_at, id, 1 AS number FROM executions
     WHERE {_CAN_BE_CLAIMED}
     ORDER BY user_id, created_at, id LIMIT 1)
    UNION ALL
    SELECT following.*, number + 1 FROM oldest_of_owners AS known, LATERAL (
        SELECT user_id, created_at, id FROM executions
        WHERE user_id > known.user_id AND {_CAN_BE_CLAIMED}
        ORDER BY user_id, created_at, id LIMIT 1
    ) AS following
    WHERE number < {_OWNERS_LOOKED_AT}
), oldest AS (
    SELECT user_id, created_at, id FROM executions
    WHERE {_CAN_BE_CLAIMED}
    ORDER BY created_at, id LIMIT {_OWNERS_LOOKED_AT}
), at_work AS (
    SELECT user_id, count(*) AS runs FROM executions
    WHERE status = 'running' AND lease_expires_at > now()
    GROUP BY user_id
), queue AS MATERIALIZED (
    SELECT user_id, created_at, id
    FROM (SELECT user_id, created_at, id FROM oldest_of_owners UNION SELECT * FROM oldest) AS candidate
    LEFT JOIN at_work USING (user_id)
    WHERE user_id <> ALL ($4::uuid[])
    ORDER BY coalesce(runs, 0), created_at, id
)
UPDATE executions
SET status = 'running', epoch = epoch + 1, claims = claims + 1,
    lease_owner = $1, lease_expires_at = now() + $2::interval,
    started_at = coalesce(started_at, date_trunc('milliseconds', now())), updated_at = now()
WHERE id = (
    SELECT run.id FROM queue, LATERAL (
        SELECT id FROM executions
        WHERE (user_id, created_at, id) >= (queue.user_id, queue.created_at, queue.id) AND user_id <= queue.user_id
          AND {_CAN_BE_CLAIMED}
        ORDER BY user_id, created_at, id
        FOR UPDATE SKIP LOCKED
        LIMIT 1
    ) AS run
    LIMIT 1
)
RETURNING id, workflow_id, user_id, epoch, nodes, edges, trigger_payload, started_at
"""

_TRIED: Final = """
       (SELECT coalesce(json_agg(json_build_object('attempt', attempt, 'status', tried.status,
                                                   'duration_ms', tried.duration_ms, 'reason', reason)
                                 ORDER BY attempt), '[]')
        FROM execution_step_attempts AS tried
        WHERE tried.execution_id = run.id AND tried.node_id = step.node_id
          AND tried.attempt <= coalesce(step.attempts_made, tried.attempt))"""


@cache
def recall_statement(without: frozenset[str]) -> str:
    """All steps of a run, superseded ones first and in order; its checkpoint comes with the first row only, for it
    can be large."""
    step = ", ".join(STEP_COLUMNS)
    return f"""
SELECT CASE WHEN row_number() OVER (ORDER BY step.is_superseded DESC, step.round, step.sequence) = 1
            THEN run.checkpoint END AS checkpoint,
       step.*, {"'[]'::json" if ATTEMPTS in without else _TRIED} AS attempts
FROM executions AS run
LEFT JOIN (
    SELECT true AS is_superseded, attempts_made, {step} FROM execution_superseded_steps WHERE execution_id = $1
    UNION ALL
    SELECT false, NULL, {step} FROM execution_steps WHERE execution_id = $1
) AS step ON true
WHERE run.id = $1
ORDER BY step.is_superseded DESC, CASE WHEN step.is_superseded THEN step.round END, step.sequence
"""


STEP_COLUMNS: Final = {
    "sequence": "int",
    "node_id": "text",
    "node_type": "text",
    "status": "text",
    "input": "text",
    "output": "text",
    "duration_ms": "int",
    "error": "text",
    "taken_edges": "text",
    "created_at": "timestamptz",
    "round": "int",
    "produced_keys": "text",
}
SUPERSEDED_COLUMNS: Final = {**STEP_COLUMNS, "attempts_made": "int"}
ATTEMPT_COLUMNS: Final = {
    "sequence": "int",
    "node_id": "text",
    "node_type": "text",
    "attempt": "int",
    "status": "text",
    "duration_ms": "int",
    "reason": "text",
    "created_at": "timestamptz",
}
SNAPSHOT_COLUMNS: Final = {
    "sequence": "int",
    "reason": "text",
    "node_id": "text",
    "node_type": "text",
    "state": "text",
    "created_at": "timestamptz",
}
RETRIEVAL_COLUMNS: Final = {
    "sequence": "int",
    "node_id": "text",
    "node_type": "text",
    "query": "text",
    "top_k": "int",
    "attempt": "int",
    "max_attempts": "int",
    "status": "text",
    "matches_count": "int",
    "duration_ms": "int",
    "error_message": "text",
    "scope_type": "text",
    "corpus_id": "uuid",
    "workflow_id_scope": "uuid",
    "execution_id_scope": "uuid",
    "strategy": "text",
    "retriever_key": "text",
    "branch_index": "int",
    "selected": "boolean",
    "created_at": "timestamptz",
}
_DOCUMENTS: Final = frozenset({"input", "output", "taken_edges", "produced_keys", "state"})


_STEPS: Final = "execution_steps"
_SUPERSEDED: Final = "execution_superseded_steps"
RETRIEVALS: Final = "execution_retrieval_events"
ATTEMPTS: Final = "execution_step_attempts"
SNAPSHOTS: Final = "execution_context_snapshots"


class _Parameters:
    """Hands out parameter numbers, so that statements and their values cannot drift apart by a column."""

    def __init__(self, first: int) -> None:
        self._next = first

    def reserve(self, count: int) -> int:
        """The first of so many in a row."""
        first, self._next = self._next, self._next + count
        return first

    def arrays(self, columns: Mapping[str, str]) -> str:
        first = self.reserve(len(columns))
        numbers = range(first, first + len(columns))
        return ", ".join(f"${at}::{kind}[]" for at, kind in zip(numbers, columns.values(), strict=True))


def _insert_fenced(
    table: str,
    columns: Mapping[str, str],
    given: _Parameters,
    *,
    without: Collection[str],
    on_conflict: str = "DO NOTHING",
) -> str:
    """Any number of rows, each column one array parameter; parameters stay when the table is not there."""
    names = ", ".join(columns)
    values = ", ".join(f"{name}::json" if name in _DOCUMENTS else name for name in columns)
    arrays = given.arrays(columns)
    if table in without:
        return f"SELECT FROM unnest({arrays})"
    return f"""
    INSERT INTO {table} (execution_id, {names})
    SELECT fence.id, {values} FROM fence, unnest({arrays}) AS given ({names})
    ON CONFLICT {on_conflict}"""


@cache
def record_statement(without: frozenset[str]) -> str:
    """Keep a step with all that belongs to it, and the checkpoint; `without` names tables that are not there.

    What it wrote for later runs is kept only with a step that is new: repeated, the statement changes nothing.
    """
    given = _Parameters(first=4)
    return f"""
WITH fence AS (
    UPDATE executions SET checkpoint = $3, updated_at = now()
    WHERE id = $1 AND epoch = $2 AND status = 'running'
    RETURNING id, workflow_id
), {_STEPS} AS ({_insert_fenced(_STEPS, STEP_COLUMNS, given, without=without)}
    RETURNING execution_id
), {ATTEMPTS} AS ({_insert_fenced(ATTEMPTS, ATTEMPT_COLUMNS, given, without=without)}
), {RETRIEVALS} AS ({_insert_fenced(RETRIEVALS, RETRIEVAL_COLUMNS, given, without=without)}
), {SNAPSHOTS} AS ({_insert_fenced(SNAPSHOTS, SNAPSHOT_COLUMNS, given, without=without)}
), new AS (
    SELECT fence.workflow_id FROM fence JOIN {_STEPS} AS step ON step.execution_id = fence.id
), remembered AS ({memory_insert("new", first=given.reserve(len(MEMORY_COLUMNS)))}
)
SELECT id FROM fence
"""


@cache
def rewind_statement(without: frozenset[str]) -> str:
    """Move steps off the record and keep them as superseded, with their attempts as they are now."""
    given = _Parameters(first=5)
    corrected = "(execution_id, node_id, attempt) DO UPDATE SET status = EXCLUDED.status, reason = EXCLUDED.reason"
    return f"""
WITH fence AS (
    UPDATE executions SET checkpoint = $3, updated_at = now()
    WHERE id = $1 AND epoch = $2 AND status = 'running'
    RETURNING id
), taken_off AS (
    DELETE FROM {_STEPS} USING fence WHERE execution_id = fence.id AND node_id = ANY($4::text[])
), {_SUPERSEDED} AS ({_insert_fenced(_SUPERSEDED, SUPERSEDED_COLUMNS, given, without=without)}
), {ATTEMPTS} AS ({_insert_fenced(ATTEMPTS, ATTEMPT_COLUMNS, given, without=without, on_conflict=corrected)}
), {RETRIEVALS} AS ({_insert_fenced(RETRIEVALS, RETRIEVAL_COLUMNS, given, without=without)}
), {SNAPSHOTS} AS ({_insert_fenced(SNAPSHOTS, SNAPSHOT_COLUMNS, given, without=without)}
)
SELECT id FROM fence
"""


@cache
def finish_statement(without: frozenset[str]) -> str:
    """Keep the end of a run with its last steps and snapshots; `without` names tables that are not there."""
    given = _Parameters(first=6)
    return f"""
WITH fence AS (
    UPDATE executions
    SET status = $3, error_message = $4, finished_at = $5, updated_at = now(), checkpoint = NULL, lease_owner = NULL,
        lease_expires_at = NULL
    WHERE id = $1 AND epoch = $2 AND status = 'running'
    RETURNING id
), {_STEPS} AS ({_insert_fenced(_STEPS, STEP_COLUMNS, given, without=without)}
), {SNAPSHOTS} AS ({_insert_fenced(SNAPSHOTS, SNAPSHOT_COLUMNS, given, without=without)}
)
SELECT id FROM fence
"""


_STILL_CLAIMED: Final = """
    (executions.id, executions.epoch) IN (SELECT * FROM unnest($1::uuid[], $2::int[]))
    AND executions.status = 'running'"""

RENEW: Final = f"""
UPDATE executions SET lease_expires_at = now() + $3::interval WHERE {_STILL_CLAIMED} RETURNING id
"""

HAND_BACK: Final = f"""
UPDATE executions SET lease_owner = NULL, lease_expires_at = NULL, claims = claims - 1, epoch = epoch + 1
WHERE {_STILL_CLAIMED}
"""

WAITING: Final = f"""
SELECT id FROM executions
WHERE status IN ('pending', 'running') AND {_IS_WAITING}
ORDER BY created_at, id
LIMIT $1
"""

ABANDON_LEASES: Final = """
UPDATE executions SET lease_owner = NULL, lease_expires_at = NULL WHERE status = 'running' RETURNING id
"""
