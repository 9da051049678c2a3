"""Reads of corpora and documents over rows in memory, in the shape of the wire."""

from collections import Counter
from typing import Any

import msgspec

from application.ports.chunk_index import NewChunk
from application.ports.knowledge_reads import CorpusFilter
from application.ports.read_models import Page, Paging
from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.corpus import Corpus
from domain.knowledge.document import Document, DocumentStatus, Stage
from domain.knowledge.errors import CorpusNotFound, DocumentNotFound
from domain.values.timestamps import timestamp
from tests.fakes.knowledge_repositories import DocumentRow
from tests.fakes.read_models import page_of, raw
from tests.fakes.store import FakeStore

Record = dict[str, Any]

FAKE_MODEL = "fake"


class FakeKnowledgeReads:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def corpora(self, owner_id: UserId, chosen: CorpusFilter, paging: Paging) -> Page:
        wanted = [
            each
            for each in self._store.rows.corpora.values()
            if each.owner_id == owner_id
            and chosen.scope_type in (None, each.scope)
            and chosen.workflow_id in (None, each.workflow_id)
            and chosen.execution_id in (None, each.execution_id)
        ]
        return page_of("corpora", [((each.updated_at, each.id), self._corpus(each)) for each in wanted], paging)

    async def corpus(self, corpus_id: CorpusId, owner_id: UserId) -> msgspec.Raw:
        corpus = self._owned(corpus_id, owner_id)
        counted = Counter(row.document.status.value for row in self._rows(corpus_id))
        counts = {status.value: counted[status.value] for status in DocumentStatus}
        return raw({**self._corpus(corpus), "documentCounts": counts})

    async def documents(self, corpus_id: CorpusId, owner_id: UserId, paging: Paging) -> Page:
        self._owned(corpus_id, owner_id)
        rows = self._rows(corpus_id)
        keyed = [((row.document.updated_at, row.document.id), _document(row)) for row in rows]
        return page_of("documents", keyed, paging)

    async def document(self, document_id: DocumentId, owner_id: UserId) -> msgspec.Raw:
        return raw(_document(self._document_row(document_id, owner_id)))

    async def chunks(self, document_id: DocumentId, owner_id: UserId, paging: Paging) -> Page:
        row = self._document_row(document_id, owner_id)
        keyed = [((index,), _chunk(row, chunk)) for index, chunk in row.published.items()]
        return page_of("chunks", keyed, paging, is_ascending=True)

    def _rows(self, corpus_id: CorpusId) -> list[DocumentRow]:
        return [row for row in self._store.rows.documents.values() if row.document.corpus_id == corpus_id]

    def _owned(self, corpus_id: CorpusId, owner_id: UserId) -> Corpus:
        found = self._store.rows.corpora.get(corpus_id)
        if found is None or found.owner_id != owner_id:
            raise CorpusNotFound
        return found

    def _document_row(self, document_id: DocumentId, owner_id: UserId) -> DocumentRow:
        found = self._store.rows.documents.get(document_id)
        if found is None or found.document.owner_id != owner_id:
            raise DocumentNotFound
        return found

    def _corpus(self, corpus: Corpus) -> Record:
        rows = self._rows(corpus.id)
        return {
            "id": corpus.id,
            "userId": corpus.owner_id,
            "name": corpus.name,
            "description": corpus.description,
            "scopeType": corpus.scope,
            "workflowId": corpus.workflow_id,
            "executionId": corpus.execution_id,
            "status": "ready" if all(row.document.status.is_final for row in rows) else "ingesting",
            "metadata": corpus.metadata,
            "chunking": {
                "strategy": corpus.chunking.strategy,
                "size": corpus.chunking.size,
                "overlap": corpus.chunking.overlap,
            },
            "embeddingModel": FAKE_MODEL if any(row.published for row in rows) else None,
            "createdAt": timestamp(corpus.created_at),
            "updatedAt": timestamp(corpus.updated_at),
        }


def _document(row: DocumentRow) -> Record:
    document = row.document
    is_ready = document.status is DocumentStatus.READY
    is_made = is_ready or (document.status is DocumentStatus.PROCESSING and document.stage is Stage.INDEX)
    return {
        "id": document.id,
        "corpusId": document.corpus_id,
        "userId": document.owner_id,
        "sourceType": document.source_type,
        "title": document.title,
        "mimeType": document.mime_type,
        "status": document.status,
        "stage": document.stage,
        "progress": {"done": row.chunks_total or 0 if is_made else len(row.staged), "total": row.chunks_total},
        "chunkCount": len(row.published) if is_ready else 0,
        "contentSha256": document.content_hash.hex(),
        "error": document.error,
        "metadata": document.metadata,
        "replaces": None if row.searched is None else _replaced(row.searched, len(row.published)),
        "createdAt": timestamp(document.created_at),
        "updatedAt": timestamp(document.updated_at),
    }


def _replaced(searched: Document, chunks: int) -> Record:
    return {
        "title": searched.title,
        "sourceType": searched.source_type,
        "mimeType": searched.mime_type,
        "metadata": searched.metadata,
        "chunkCount": chunks,
    }


def _chunk(row: DocumentRow, chunk: NewChunk) -> Record:
    return {
        "id": chunk.id,
        "corpusId": row.document.corpus_id,
        "documentId": row.document.id,
        "chunkIndex": chunk.index,
        "content": chunk.text,
        "tokenCount": chunk.token_count,
        "embeddingModel": FAKE_MODEL,
        "metadata": chunk.metadata,
        "createdAt": timestamp(row.document.created_at),
    }
