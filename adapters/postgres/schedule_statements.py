"""How ticks are claimed, settled and looked at: one statement each."""

from typing import Final

from sqlalchemy import text

KEPT_TICKS: Final = 50
"""Of each schedule. Those whose runs go on are kept besides: by them overlaps are known."""

_GOES_ON: Final = """EXISTS (
    SELECT 1 FROM executions AS e WHERE e.id = t.execution_id AND e.status IN ('pending', 'running')
)"""

_IS_BUSY: Final = f"""s.on_overlap = 'skip' AND EXISTS (
    SELECT 1 FROM schedule_ticks AS t WHERE t.schedule_id = s.id AND t.execution_id IS NOT NULL AND {_GOES_ON}
) AS is_busy"""

_ERROR: Final = """CASE WHEN s.failures > 0 THEN (
    SELECT t.error FROM schedule_ticks AS t
    WHERE t.schedule_id = s.id AND t.fire_at = s.next_fire_at AND t.outcome = 'failed'
) END AS error"""

_LOCKED: Final = """SELECT s.*
    FROM schedules AS s JOIN workflows AS w ON w.id = s.workflow_id
    WHERE s.next_fire_at {between} AND (s.held_until IS NULL OR s.held_until <= now())
    ORDER BY s.next_fire_at
    LIMIT {limit}
    FOR UPDATE OF s SKIP LOCKED
    FOR KEY SHARE OF w SKIP LOCKED"""
"""The workflow is locked, too: who removes it holds it, and would wait for us while we wait for them."""

_ON_TIME: Final = _LOCKED.format(
    between="> now() - CAST(:grace AS interval) AND s.next_fire_at <= now()", limit=":limit"
)
_LATE: Final = _LOCKED.format(
    between="<= now() - CAST(:grace AS interval)",
    limit="(SELECT greatest(CAST(:limit AS bigint) / 4, CAST(:limit AS bigint) - count(*)) FROM on_time)",
)

CLAIM_DUE: Final = text(f"""
WITH on_time AS MATERIALIZED (
    {_ON_TIME}
), late AS MATERIALIZED (
    {_LATE}
)
SELECT s.*, now() AS now, {_IS_BUSY}, {_ERROR}
FROM (SELECT * FROM late UNION ALL SELECT * FROM on_time) AS s
ORDER BY s.next_fire_at
""")
"""Whatever there is to catch up with, what is on time has room; and what is late has some, too."""

CLAIM: Final = text(f"""
SELECT s.*, clock_timestamp() AS now, {_IS_BUSY}, {_ERROR}
FROM schedules AS s
WHERE s.id = :id AND s.next_fire_at <= clock_timestamp()
FOR UPDATE OF s
""")
"""By the time it is now, and not when the transaction began: it may have waited."""

SETTLE: Final = text(f"""
WITH ticks AS MATERIALIZED (
    SELECT * FROM unnest(
        CAST(:schedule_ids AS uuid[]), CAST(:fire_ats AS timestamptz[]), CAST(:untils AS timestamptz[]),
        CAST(:outcomes AS text[]), CAST(:execution_ids AS uuid[]), CAST(:payloads AS text[]),
        CAST(:errors AS text[]), CAST(:settled_ats AS timestamptz[])
    ) AS t (schedule_id, fire_at, until, outcome, execution_id, payload, error, settled_at)
), recorded AS (
    INSERT INTO schedule_ticks AS kept (schedule_id, fire_at, until, outcome, execution_id, error, settled_at)
    SELECT schedule_id, fire_at, until, outcome, execution_id, error, settled_at FROM ticks
    ON CONFLICT (schedule_id, fire_at) DO UPDATE
        SET until = excluded.until, outcome = excluded.outcome, execution_id = excluded.execution_id,
            error = excluded.error, settled_at = excluded.settled_at
        WHERE kept.outcome = 'failed'
    RETURNING execution_id
), started AS (
    INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_source, trigger_payload, nodes, edges,
                            created_at, updated_at, schedule_id)
    SELECT ticks.execution_id, w.id, w.user_id, w.version, 'schedule', ticks.payload::json, w.nodes, w.edges,
           ticks.settled_at, ticks.settled_at, s.id
    FROM recorded JOIN ticks USING (execution_id)
    JOIN schedules AS s ON s.id = ticks.schedule_id JOIN workflows AS w ON w.id = s.workflow_id
    ORDER BY ticks.fire_at, ticks.execution_id
    RETURNING id
), moved AS (
    UPDATE schedules AS s SET next_fire_at = m.next_fire_at, held_until = NULL, failures = 0
    FROM unnest(CAST(:moved_ids AS uuid[]), CAST(:next_fire_ats AS timestamptz[])) AS m (id, next_fire_at)
    WHERE s.id = m.id
), forgotten AS (
    DELETE FROM schedule_ticks AS t USING unnest(CAST(:moved_ids AS uuid[])) AS m (id)
    WHERE t.schedule_id = m.id AND NOT {_GOES_ON} AND t.fire_at < (
        SELECT newer.fire_at FROM schedule_ticks AS newer WHERE newer.schedule_id = m.id
        ORDER BY newer.fire_at DESC OFFSET {KEPT_TICKS - 1} LIMIT 1
    )
)
SELECT id FROM started
""")

HOLD_BACK: Final = text("""
WITH held AS (
    UPDATE schedules SET failures = failures + 1, held_until = now() + :pause
    WHERE id = :id AND next_fire_at = :next_fire_at
    RETURNING id, next_fire_at
)
INSERT INTO schedule_ticks AS kept (schedule_id, fire_at, outcome, error, settled_at)
SELECT id, next_fire_at, 'failed', :error, now() FROM held
ON CONFLICT (schedule_id, fire_at) DO UPDATE SET error = excluded.error, settled_at = excluded.settled_at
    WHERE kept.outcome = 'failed'
""")

UNDERIVED: Final = text("""
SELECT b.workflow_id FROM schedule_backlog AS b JOIN workflows AS w ON w.id = b.workflow_id
LIMIT :limit
FOR UPDATE OF b SKIP LOCKED
FOR NO KEY UPDATE OF w SKIP LOCKED
""")
"""The workflow is locked, too, as by those who change it: both derive."""

TICKS_OF: Final = text("""
SELECT t.*,
       t.outcome = 'fired' AND t.execution_id IS NULL AS run_is_gone,
       t.outcome = 'failed' AND s.paused_at IS NULL
           AND s.next_fire_at IS NOT DISTINCT FROM t.fire_at AS is_tried_again
FROM schedules AS s
CROSS JOIN LATERAL (
    SELECT * FROM schedule_ticks WHERE schedule_id = s.id ORDER BY fire_at DESC LIMIT :limit
) AS t
WHERE s.workflow_id = :workflow_id
ORDER BY t.schedule_id, t.fire_at DESC
""")
