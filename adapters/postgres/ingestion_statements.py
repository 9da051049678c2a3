"""The ingestion journal's statements. Leases are judged by the database's clock; every write names the epochs that it
is good for, and takes documents in the order of their ids, so that nobody waits for each other in a ring."""

from typing import Final

from adapters.postgres.corpus_changes import marked

_CLAIMED: Final = """
claimed AS (
    UPDATE knowledge_documents AS d
    SET status = 'processing', stage = 'extract', error = NULL, epoch = epoch + 1, claims = claims + 1,
        lease_owner = $1, lease_expires_at = now() + $2::interval
    FROM chosen WHERE d.id = chosen.id
    RETURNING d.id, d.corpus_id, d.user_id, d.epoch, d.attempts, d.due_at,
              coalesce(d.next_title, d.title) AS title, coalesce(d.next_text, d.content_text) AS content_text,
              coalesce(d.next_metadata::jsonb, d.attributes) AS attributes
)
SELECT claimed.id, corpus_id, claimed.user_id, epoch, title, content_text, attempts,
       coalesce(attributes ->> 'runtimeIngestion' = 'true', false) AS is_from_run,
       chunk_strategy, chunk_size, chunk_overlap
FROM claimed JOIN knowledge_corpora AS c ON c.id = corpus_id
ORDER BY due_at, claimed.id
"""

CLAIM: Final = f"""
WITH waiting AS (
    SELECT id, due_at, octet_length(coalesce(next_text, content_text)) AS bytes FROM knowledge_documents
    WHERE status = 'pending' AND claims = 0 AND due_at <= now()
    ORDER BY due_at, id
    LIMIT $3
    FOR UPDATE SKIP LOCKED
),
measured AS (SELECT id, sum(bytes) OVER earlier AS total, row_number() OVER earlier AS place FROM waiting
             WINDOW earlier AS (ORDER BY due_at, id)),
chosen AS (SELECT id FROM measured WHERE place = 1 OR total <= $4),
{_CLAIMED}
"""

_IS_LEFT_BEHIND: Final = """(
    claims > 0 AND (
        (status = 'pending' AND due_at <= now())
        OR (status = 'processing' AND coalesce(lease_expires_at, '-infinity') <= now())
    )
)"""

CLAIM_LEFT_BEHIND: Final = f"""
WITH chosen AS (
    SELECT id FROM knowledge_documents
    WHERE status IN ('pending', 'processing') AND {_IS_LEFT_BEHIND} AND claims < $3
    ORDER BY due_at, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
),
{_CLAIMED}
"""

CLAIM_THESE: Final = f"""
WITH chosen AS (
    SELECT id FROM knowledge_documents WHERE id = ANY($3::uuid[]) AND status = 'pending' ORDER BY id
    FOR UPDATE SKIP LOCKED
),
{_CLAIMED}
"""

HELD: Final = """
held AS (
    SELECT document.id, fence.chunks
    FROM unnest($1::uuid[], $2::int[], {chunks}) AS fence (id, epoch, chunks)
    JOIN knowledge_documents AS document ON document.id = fence.id AND document.epoch = fence.epoch
    WHERE document.status = 'processing'
    ORDER BY document.id
    FOR NO KEY UPDATE OF document
)
"""
_HELD: Final = HELD.format(chunks="'{}'::int[]")
_OURS: Final = "FROM held WHERE d.id = held.id"

NOTE: Final = f"""
WITH {HELD.format(chunks="$3::int[]")}
UPDATE knowledge_documents AS d SET stage = $4,
    chunks_total = CASE WHEN held.chunks IS NULL THEN d.chunks_total ELSE greatest(held.chunks, d.chunks_done) END
{_OURS}
RETURNING 1
"""

_FORGOTTEN: Final = """
unstaged AS (DELETE FROM knowledge_staged_chunks AS c USING failed WHERE c.document_id = failed.id),
unpublished AS (
    DELETE FROM knowledge_chunks AS c USING failed WHERE c.document_id = failed.id AND NOT failed.is_replacement
)"""
"""What a text was to take the place of goes on being found."""

FAIL: Final = f"""
WITH {_HELD},
failed AS (
    UPDATE knowledge_documents AS d
    SET status = 'failed', stage = $3, error = $4, lease_owner = NULL, lease_expires_at = NULL,
        chunks_total = NULL, chunks_done = 0, updated_at = now()
    {_OURS}
    RETURNING d.id, d.corpus_id, d.next_text IS NOT NULL AS is_replacement
),
{marked("failed")},
{_FORGOTTEN}
SELECT id FROM failed
"""

POSTPONE: Final = f"""
WITH {_HELD}
UPDATE knowledge_documents AS d
SET status = 'pending', stage = $3, error = $4, attempts = attempts + 1, due_at = now() + $5::interval,
    epoch = d.epoch + 1, claims = greatest(claims - 1, 0), lease_owner = NULL, lease_expires_at = NULL
{_OURS}
RETURNING 1
"""

RENEW: Final = f"""
WITH {_HELD}
UPDATE knowledge_documents AS d SET lease_expires_at = now() + $3::interval
{_OURS}
RETURNING d.id
"""

HAND_BACK: Final = f"""
WITH {_HELD}
UPDATE knowledge_documents AS d
SET status = 'pending', due_at = now(), epoch = d.epoch + 1, claims = greatest(claims - 1, 0),
    lease_owner = NULL, lease_expires_at = NULL
{_OURS}
RETURNING 1
"""

OUTCOMES: Final = """
SELECT id, status, error, CASE WHEN status = 'ready' THEN coalesce(chunks_total, 0) ELSE 0 END AS chunk_count
FROM knowledge_documents WHERE id = ANY($1::uuid[])
"""

WAITING: Final = f"""
SELECT id FROM knowledge_documents
WHERE status IN ('pending', 'processing') AND ((status = 'pending' AND due_at <= now()) OR {_IS_LEFT_BEHIND})
ORDER BY due_at, id
LIMIT $1
"""

GIVE_UP: Final = f"""
WITH lost AS (
    SELECT id FROM knowledge_documents
    WHERE status = 'processing' AND claims >= $1 AND coalesce(lease_expires_at, '-infinity') <= now()
    ORDER BY due_at, id
    LIMIT $3
    FOR UPDATE SKIP LOCKED
),
failed AS (
    UPDATE knowledge_documents AS d
    SET status = 'failed', error = $2, epoch = epoch + 1, lease_owner = NULL, lease_expires_at = NULL,
        chunks_total = NULL, chunks_done = 0, updated_at = now()
    FROM lost WHERE d.id = lost.id
    RETURNING d.id, d.corpus_id, d.next_text IS NOT NULL AS is_replacement
),
{marked("failed")},
{_FORGOTTEN}
SELECT id FROM failed
"""

ABANDON_LEASES: Final = """
UPDATE knowledge_documents SET lease_owner = NULL, lease_expires_at = NULL
WHERE status = 'processing' AND lease_expires_at IS NOT NULL
RETURNING 1
"""
