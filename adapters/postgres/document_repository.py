"""Documents in rows, as far as people bring, change and remove them."""

from typing import Any, Final

from sqlalchemy import Row, delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import violated
from adapters.postgres.documents import decoded, encoded
from adapters.postgres.tables.knowledge import knowledge_documents as documents
from adapters.postgres.tables.knowledge import knowledge_staged_chunks as staged
from adapters.postgres.texts import storable, without_nul
from application.ports.document_repository import Kept
from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.document import Document, DocumentStatus, SourceType, Stage
from domain.knowledge.errors import CorpusNotFound, DocumentNotFound, SameContent

SAME_CONTENT: Final = "uq_knowledge_documents_content_hash"

ADD: Final = text("""
WITH corpus AS (SELECT id FROM knowledge_corpora WHERE id = :corpus_id AND user_id = :user_id FOR KEY SHARE),
     made AS (
         INSERT INTO knowledge_documents (
             id, corpus_id, user_id, source_type, title, mime_type, content_text, content_hash, is_duplicate,
             metadata, attributes, due_at, created_at, updated_at
         )
         SELECT :id, corpus.id, :user_id, :source_type, :title, :mime_type, :content_text, :content_hash,
                :is_duplicate, CAST(:metadata AS json), CAST(:metadata AS jsonb), :created_at, :created_at, :updated_at
         FROM corpus
         WHERE :allows_duplicate OR NOT EXISTS (
             SELECT FROM knowledge_documents AS twin
             WHERE twin.corpus_id = :corpus_id AND twin.content_hash = :content_hash AND twin.is_duplicate
         )
         ON CONFLICT (corpus_id, content_hash) WHERE NOT is_duplicate DO NOTHING
         RETURNING id
     )
SELECT (SELECT count(*) FROM corpus) AS corpora, (SELECT id FROM made) AS made
""")

_TWIN: Final = """
SELECT id, status, created_at FROM knowledge_documents
WHERE corpus_id = :corpus_id AND content_hash = :content_hash
"""
KNOWN: Final = text(f"""
SELECT id, status FROM ({_TWIN} AND NOT is_duplicate UNION ALL {_TWIN} AND is_duplicate) AS twin
ORDER BY created_at, id LIMIT 1
""")
"""In two parts, for there are two indexes."""

_IS_SEARCHED: Final = "(status = 'ready' OR next_text IS NOT NULL)"


def _said(column: str, next_column: str, value: str) -> str:
    """Beside what is searched, in its place otherwise."""
    return f"""
    {column} = CASE WHEN {_IS_SEARCHED} THEN {column} ELSE {value} END,
    {next_column} = CASE WHEN {_IS_SEARCHED} THEN {value} END"""


SAVE: Final = text(f"""
UPDATE knowledge_documents SET
    status = :status, stage = :stage, error = :error, epoch = :epoch, claims = :claims, attempts = 0,
    lease_owner = NULL, lease_expires_at = NULL, chunks_total = NULL, chunks_done = 0,
    due_at = :updated_at, updated_at = :updated_at, content_hash = :content_hash,
    is_duplicate = CASE WHEN content_hash = :content_hash THEN is_duplicate ELSE :allows_duplicate END,
    {_said("source_type", "next_source_type", "CAST(:source_type AS text)")},
    {_said("title", "next_title", "CAST(:title AS text)")},
    {_said("mime_type", "next_mime_type", "CAST(:mime_type AS text)")},
    {_said("content_text", "next_text", "CAST(:content_text AS text)")},
    {_said("metadata", "next_metadata", "CAST(:metadata AS json)")},
    attributes = CASE WHEN {_IS_SEARCHED} THEN attributes ELSE CAST(:metadata AS jsonb) END
WHERE id = :id AND (:allows_duplicate OR content_hash = :content_hash OR NOT EXISTS (
    SELECT FROM knowledge_documents AS twin
    WHERE twin.corpus_id = :corpus_id AND twin.content_hash = :content_hash AND twin.is_duplicate
))
""")
"""A text that a document has already is its own, whoever else has it."""


class PostgresDocumentRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, document: Document, *, allows_duplicate: bool = False) -> Kept:
        while not await self._added(document, allows_duplicate=allows_duplicate):
            if allows_duplicate:
                await self._added(document, allows_duplicate=True, is_duplicate=True)
                break
            if (known := await self._known(document)) is not None:
                return known
        return Kept(document_id=document.id, status=document.status)

    async def get(self, document_id: DocumentId, owner_id: UserId) -> Document:
        mine = select(documents).where(documents.c.id == document_id, documents.c.user_id == owner_id)
        row = (await self._connection.execute(mine.with_for_update())).one_or_none()
        if row is None:
            raise DocumentNotFound
        return _from_row(row)

    async def save(self, document: Document, *, allows_duplicate: bool = False) -> None:
        try:
            done = await self._connection.execute(SAVE, {**_as_row(document), "allows_duplicate": allows_duplicate})
        except IntegrityError as violation:
            if violated(violation) != SAME_CONTENT:
                raise
            raise SameContent from violation
        if done.rowcount == 0:
            raise SameContent
        await self._connection.execute(delete(staged).where(staged.c.document_id == document.id))

    async def remove(self, document_id: DocumentId) -> None:
        await self._connection.execute(delete(documents).where(documents.c.id == document_id))

    async def _known(self, document: Document) -> Kept | None:
        """None when the one that was there is gone in this moment."""
        twin = {"corpus_id": document.corpus_id, "content_hash": document.content_hash}
        known = (await self._connection.execute(KNOWN, twin)).one_or_none()
        if known is None:
            return None
        return Kept(document_id=DocumentId(known.id), status=DocumentStatus(known.status), is_known=True)

    async def _added(self, document: Document, *, allows_duplicate: bool, is_duplicate: bool = False) -> bool:
        values = {**_as_row(document), "allows_duplicate": allows_duplicate, "is_duplicate": is_duplicate}
        row = (await self._connection.execute(ADD, values)).one()
        if not row.corpora:
            raise CorpusNotFound
        return row.made is not None


def _as_row(document: Document) -> dict[str, object]:
    return {
        "id": document.id,
        "corpus_id": document.corpus_id,
        "user_id": document.owner_id,
        "source_type": document.source_type.value,
        "title": storable(document.title),
        "mime_type": storable(document.mime_type),
        "content_text": storable(document.text),
        "content_hash": document.content_hash,
        "status": document.status.value,
        "stage": document.stage.value,
        "error": storable(document.error),
        "epoch": document.epoch,
        "claims": document.claims,
        "metadata": encoded(without_nul(document.metadata)),
        "created_at": document.created_at,
        "updated_at": document.updated_at,
    }


def _from_row(row: Row[Any]) -> Document:
    """As its owner has it: what waits to be searchable rather than what is."""
    is_replaced = row.next_text is not None
    return Document(
        id=DocumentId(row.id),
        corpus_id=CorpusId(row.corpus_id),
        owner_id=UserId(row.user_id),
        source_type=SourceType(row.next_source_type or row.source_type),
        title=row.next_title if is_replaced else row.title,
        mime_type=row.next_mime_type if is_replaced else row.mime_type,
        text=row.next_text if is_replaced else row.content_text,
        metadata=decoded(row.next_metadata if is_replaced else row.metadata),
        status=DocumentStatus(row.status),
        stage=Stage(row.stage or Stage.EXTRACT),
        error=row.error,
        epoch=row.epoch,
        claims=row.claims,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
