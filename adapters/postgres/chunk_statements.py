"""The statements that take chunks into the index."""

from typing import Final

from adapters.postgres.corpus_changes import SELDOM

CHUNK_COLUMNS: Final = {
    "document_id": "uuid",
    "chunk_index": "int",
    "chunk_id": "uuid",
    "content": "text",
    "token_count": "int",
    "metadata": "text",
    "space_id": "int",
    "embedding": "text",
    "length": "int",
    "language": "text",
    "postings": "bytea",
}
"""One array parameter each."""

_NAMES: Final = ", ".join(CHUNK_COLUMNS)


def _arrays(first: int) -> str:
    return ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(CHUNK_COLUMNS.values(), first))


_GIVEN: Final = ", ".join(
    {"metadata": "given.metadata::json", "embedding": "given.embedding::halfvec"}.get(name, f"given.{name}")
    for name in CHUNK_COLUMNS
)

STAGE: Final = f"""
WITH ours AS (
    SELECT id FROM knowledge_documents WHERE id = $1 AND epoch = $2 AND status = 'processing' FOR UPDATE
), kept AS (
    INSERT INTO knowledge_staged_chunks ({_NAMES})
    SELECT {_GIVEN} FROM ours, unnest({_arrays(3)}) AS given ({_NAMES})
    ON CONFLICT (document_id, chunk_index) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in CHUNK_COLUMNS if name not in ("document_id", "chunk_index"))}
)
SELECT id FROM ours
"""

KEEP_STAGED: Final = """
WITH ours AS (
    SELECT id FROM knowledge_documents WHERE id = $1 AND epoch = $2 AND status = 'processing' FOR UPDATE
), wanted AS (
    SELECT place - 1 AS chunk_index, digest FROM unnest($4::bytea[]) WITH ORDINALITY AS given (digest, place)
), kept AS (
    SELECT count(*) FILTER (WHERE chunk_index = place) AS kept
    FROM (SELECT staged.chunk_index, row_number() OVER (ORDER BY staged.chunk_index) - 1 AS place
          FROM ours JOIN knowledge_staged_chunks AS staged ON staged.document_id = ours.id
          JOIN wanted ON wanted.chunk_index = staged.chunk_index
                     AND wanted.digest = sha256(convert_to(staged.content, 'UTF8'))
          WHERE staged.space_id = $3) AS fitting
), dropped AS (
    DELETE FROM knowledge_staged_chunks AS staged USING ours, kept
    WHERE staged.document_id = ours.id AND staged.chunk_index >= kept.kept
)
SELECT kept FROM kept
"""


def _given(column: str, first: int) -> str:
    at = list(CHUNK_COLUMNS).index(column) + first
    return f"${at}::{CHUNK_COLUMNS[column]}[]"


PUBLISH: Final = f"""
WITH corpora AS (
    SELECT id, space_id FROM knowledge_corpora
    WHERE id IN (SELECT corpus_id FROM knowledge_documents WHERE id = ANY($1::uuid[]))
    ORDER BY id FOR KEY SHARE
), bare AS (
    SELECT id, space_id FROM knowledge_corpora WHERE id IN (SELECT id FROM corpora WHERE space_id IS NULL)
    ORDER BY id FOR NO KEY UPDATE
), belonging AS (
    SELECT corpora.id, coalesce(corpora.space_id, bare.space_id) AS space_id
    FROM corpora LEFT JOIN bare ON bare.id = corpora.id
), made AS (
    SELECT document_id, space_id
    FROM unnest({_given("document_id", 4)}, {_given("space_id", 4)}) AS given (document_id, space_id)
    UNION SELECT document_id, space_id FROM knowledge_staged_chunks WHERE document_id = ANY($1::uuid[])
), strange AS (
    SELECT document.id FROM knowledge_documents AS document
    JOIN made ON made.document_id = document.id JOIN belonging ON belonging.id = document.corpus_id
    WHERE document.id = ANY($1::uuid[]) AND made.space_id <> belonging.space_id
), held AS (
    SELECT document.id, batch.chunks FROM unnest($1::uuid[], $2::int[], $3::int[]) AS batch (id, epoch, chunks)
    JOIN knowledge_documents AS document ON document.id = batch.id AND document.epoch = batch.epoch
    WHERE document.status = 'processing' AND (SELECT count(*) FROM belonging) >= 0
      AND document.id NOT IN (SELECT id FROM strange)
    ORDER BY document.id FOR NO KEY UPDATE OF document
), ours AS (
    UPDATE knowledge_documents AS document
    SET status = 'ready', stage = NULL, error = NULL, lease_owner = NULL, lease_expires_at = NULL,
        updated_at = now(), chunks_total = counted.chunks, chunks_done = counted.chunks,
        source_type = coalesce(next_source_type, source_type), title = coalesce(next_title, title),
        mime_type = CASE WHEN next_text IS NULL THEN mime_type ELSE next_mime_type END,
        content_text = coalesce(next_text, content_text), metadata = coalesce(next_metadata, metadata),
        attributes = coalesce(next_metadata::jsonb, attributes),
        next_source_type = NULL, next_title = NULL, next_mime_type = NULL, next_text = NULL, next_metadata = NULL
    FROM held, LATERAL (
        SELECT held.chunks + count(*) AS chunks
        FROM knowledge_staged_chunks AS staged WHERE staged.document_id = held.id
    ) AS counted
    WHERE document.id = held.id
    RETURNING document.id, document.corpus_id, document.user_id
), gone AS (
    DELETE FROM knowledge_chunks USING ours WHERE document_id = ours.id RETURNING 1
), moved AS (
    DELETE FROM knowledge_staged_chunks AS staged USING ours WHERE staged.document_id = ours.id
    RETURNING {", ".join(f"staged.{name}" for name in CHUNK_COLUMNS)}, ours.corpus_id, ours.user_id
), published AS (
    SELECT {_NAMES}, corpus_id, user_id FROM moved
    UNION ALL
    SELECT {_GIVEN}, ours.corpus_id, ours.user_id
    FROM unnest({_arrays(4)}) AS given ({_NAMES}) JOIN ours ON ours.id = given.document_id
), chunks AS (
    INSERT INTO knowledge_chunks (id, corpus_id, document_id, chunk_index, content, token_count, metadata)
    SELECT chunk_id, corpus_id, document_id, chunk_index, content, token_count, metadata
    FROM published WHERE (SELECT count(*) FROM gone) >= 0
), vectors AS (
    INSERT INTO knowledge_vectors (chunk_id, space_id, user_id, corpus_id, embedding)
    SELECT chunk_id, space_id, user_id, corpus_id, embedding FROM published
), terms AS (
    INSERT INTO knowledge_fresh_terms (chunk_id, corpus_id, length, language, postings)
    SELECT chunk_id, corpus_id, length, language, postings FROM published
), stale AS (
    SELECT id FROM knowledge_corpora
    WHERE id IN (SELECT corpus_id FROM ours) AND (space_id IS NULL OR updated_at < now() - {SELDOM})
    ORDER BY id FOR NO KEY UPDATE
), marked AS (
    UPDATE knowledge_corpora AS corpus
    SET updated_at = now(), space_id = coalesce(corpus.space_id, first.space_id)
    FROM stale LEFT JOIN (SELECT DISTINCT ON (corpus_id) corpus_id, space_id FROM published) AS first
         ON first.corpus_id = stale.id
    WHERE corpus.id = stale.id
)
SELECT id, corpus_id FROM ours
"""
"""What waited beside the document becomes what it says, together with its chunks.

What was searched is gone before the new takes its place: both may have the same numbers within the document.

Corpora are taken before documents, as those who remove corpora do, and both in the order of their ids. Those that have
no space yet are taken for oneself, so that two who come at once do not fill one corpus with vectors of two spaces.
"""

REMOVE: Final = """
WITH staged AS (DELETE FROM knowledge_staged_chunks WHERE document_id = ANY($1::uuid[]))
DELETE FROM knowledge_chunks WHERE document_id = ANY($1::uuid[])
"""
