"""Corpora, documents and chunks for the wire, assembled by PostgreSQL."""

from typing import Final

from adapters.postgres.wire_json import json_object, moment

CORPUS_COLUMNS: Final = {
    "id": "k.id",
    "userId": "k.user_id",
    "name": "k.name",
    "description": "k.description",
    "scopeType": "k.scope_type",
    "workflowId": "k.workflow_id",
    "executionId": "k.execution_id",
    "status": """CASE WHEN EXISTS (SELECT FROM knowledge_documents AS waiting WHERE waiting.corpus_id = k.id
                                   AND waiting.status IN ('pending', 'processing'))
                 THEN 'ingesting' ELSE 'ready' END""",
    "metadata": "k.metadata",
    "chunking": json_object({"strategy": "k.chunk_strategy", "size": "k.chunk_size", "overlap": "k.chunk_overlap"}),
    "embeddingModel": "(SELECT name FROM knowledge_spaces WHERE id = k.space_id)",
    "createdAt": moment("k.created_at"),
    "updatedAt": moment("k.updated_at"),
}
CORPUS: Final = json_object(CORPUS_COLUMNS)

_COUNTS: Final = json_object(
    {status: f"count(*) FILTER (WHERE status = '{status}')" for status in ("pending", "processing", "ready", "failed")}
)
CORPUS_DETAIL: Final = json_object(
    {**CORPUS_COLUMNS, "documentCounts": f"(SELECT {_COUNTS} FROM knowledge_documents WHERE corpus_id = k.id)"}
)

_IS_READY: Final = "d.status = 'ready'"

_IS_MADE: Final = f"({_IS_READY} OR d.status = 'processing' AND d.stage = 'index')"
"""Whether it has all of its chunks."""

_STAGED: Final = "(SELECT count(*) FROM knowledge_staged_chunks AS s WHERE s.document_id = d.id)"

_IS_REPLACED: Final = "d.next_text IS NOT NULL"

_REPLACED: Final = json_object(
    {
        "title": "d.title",
        "sourceType": "d.source_type",
        "mimeType": "d.mime_type",
        "metadata": "d.metadata",
        "chunkCount": "(SELECT count(*) FROM knowledge_chunks AS c WHERE c.document_id = d.id)",
    }
)

DOCUMENT: Final = json_object(
    {
        "id": "d.id",
        "corpusId": "d.corpus_id",
        "userId": "d.user_id",
        "sourceType": "coalesce(d.next_source_type, d.source_type)",
        "title": "coalesce(d.next_title, d.title)",
        "mimeType": f"CASE WHEN {_IS_REPLACED} THEN d.next_mime_type ELSE d.mime_type END",
        "status": "d.status",
        "stage": f"CASE WHEN {_IS_READY} THEN 'ready' ELSE coalesce(d.stage, 'extract') END",
        "progress": json_object(
            {
                "done": f"CASE WHEN {_IS_MADE} THEN coalesce(d.chunks_total, 0) ELSE {_STAGED} END",
                "total": "d.chunks_total",
            }
        ),
        "chunkCount": f"CASE WHEN {_IS_READY} THEN coalesce(d.chunks_total, 0) ELSE 0 END",
        "contentSha256": "encode(d.content_hash, 'hex')",
        "error": "d.error",
        "metadata": "coalesce(d.next_metadata, d.metadata)",
        "replaces": f"CASE WHEN {_IS_REPLACED} THEN {_REPLACED} END",
        "createdAt": moment("d.created_at"),
        "updatedAt": moment("d.updated_at"),
    }
)
"""What is said of the latest text; `replaces` is what is found meanwhile."""

CHUNK: Final = json_object(
    {
        "id": "c.id",
        "corpusId": "c.corpus_id",
        "documentId": "c.document_id",
        "chunkIndex": "c.chunk_index",
        "content": "c.content",
        "tokenCount": "c.token_count",
        "embeddingModel": """coalesce((
            SELECT s.name FROM knowledge_vectors AS v JOIN knowledge_spaces AS s ON s.id = v.space_id
            WHERE v.chunk_id = c.id
            ORDER BY v.space_id = (SELECT space_id FROM knowledge_corpora WHERE id = c.corpus_id) DESC LIMIT 1
        ), '')""",
        "metadata": "c.metadata",
        "createdAt": moment("c.created_at"),
    }
)
