"""What people see of their corpora and documents, one round trip each."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from adapters.postgres.database import Database
from adapters.postgres.knowledge_json import CHUNK, CORPUS, CORPUS_DETAIL, DOCUMENT
from adapters.postgres.listings import Listing
from application.ports.knowledge_reads import CorpusFilter
from application.ports.read_models import Page, Paging
from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.errors import CorpusNotFound, DocumentNotFound

CORPORA: Final = Listing(
    name="corpora",
    table="knowledge_corpora",
    alias="k",
    where="""k.user_id = $1 AND ($2::text IS NULL OR k.scope_type = $2)
             AND ($3::uuid IS NULL OR k.workflow_id = $3) AND ($4::uuid IS NULL OR k.execution_id = $4)""",
    record=CORPUS,
    keys={"updated_at": datetime, "id": UUID},
    parameters=4,
)
DOCUMENTS: Final = Listing(
    name="documents",
    table="knowledge_documents",
    alias="d",
    where="d.corpus_id = $1",
    record=DOCUMENT,
    keys={"updated_at": datetime, "id": UUID},
    parameters=2,
    parent="knowledge_corpora AS parent WHERE parent.id = $1 AND parent.user_id = $2",
)
CHUNKS: Final = Listing(
    name="chunks",
    table="knowledge_chunks",
    alias="c",
    where="c.document_id = $1",
    record=CHUNK,
    keys={"chunk_index": int},
    parameters=2,
    parent="knowledge_documents AS parent WHERE parent.id = $1 AND parent.user_id = $2",
    is_ascending=True,
)

ONE_CORPUS: Final = f"SELECT {CORPUS_DETAIL} AS record FROM knowledge_corpora AS k WHERE k.id = $1 AND k.user_id = $2"
ONE_DOCUMENT: Final = f"SELECT {DOCUMENT} AS record FROM knowledge_documents AS d WHERE d.id = $1 AND d.user_id = $2"


class PostgresKnowledgeReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def corpora(self, owner_id: UserId, chosen: CorpusFilter, paging: Paging) -> Page:
        wanted = (chosen.scope_type, chosen.workflow_id, chosen.execution_id)
        statement, values = CORPORA.question(paging, owner_id, *wanted)
        row = await self._database.row(statement, *values)
        assert row is not None
        return CORPORA.page(row)

    async def corpus(self, corpus_id: CorpusId, owner_id: UserId) -> msgspec.Raw:
        row = await self._database.row(ONE_CORPUS, corpus_id, owner_id)
        if row is None:
            raise CorpusNotFound
        record: msgspec.Raw = row["record"]
        return record

    async def documents(self, corpus_id: CorpusId, owner_id: UserId, paging: Paging) -> Page:
        statement, values = DOCUMENTS.question(paging, corpus_id, owner_id)
        row = await self._database.row(statement, *values)
        if row is None:
            raise CorpusNotFound
        return DOCUMENTS.page(row)

    async def document(self, document_id: DocumentId, owner_id: UserId) -> msgspec.Raw:
        row = await self._database.row(ONE_DOCUMENT, document_id, owner_id)
        if row is None:
            raise DocumentNotFound
        record: msgspec.Raw = row["record"]
        return record

    async def chunks(self, document_id: DocumentId, owner_id: UserId, paging: Paging) -> Page:
        statement, values = CHUNKS.question(paging, document_id, owner_id)
        row = await self._database.row(statement, *values)
        if row is None:
            raise DocumentNotFound
        return CHUNKS.page(row)
