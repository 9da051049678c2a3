"""Corpora, documents and chunks on the wire."""

from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from application.knowledge.accept_document import NewDocument as DocumentToBe
from application.knowledge.change_corpus import CorpusChanges
from application.knowledge.create_corpus import NewCorpus as CorpusToBe
from domain.errors import Invalid
from domain.ids import CorpusId, DocumentId, ExecutionId, WorkflowId
from domain.knowledge import corpus, document
from domain.knowledge.chunking import LARGEST, SMALLEST, USUAL_OVERLAP, USUAL_SIZE, ChunkingStrategy
from domain.knowledge.chunking import Chunking as CorpusChunking
from domain.knowledge.corpus import CorpusStatus
from domain.knowledge.document import DocumentStatus, SourceType, Stage
from domain.knowledge.document_limits import MAX_TEXT_LENGTH, metadata_fault
from domain.knowledge.scope import ScopeType
from domain.values.json import JsonObject
from entrypoints.wire.schema_faults import MALFORMED
from entrypoints.wire.texts import VISIBLE, UuidText, trimmed

CorpusName: TypeAlias = Annotated[str, trimmed(1, corpus.MAX_NAME_LENGTH)]
CorpusDescription: TypeAlias = Annotated[str, Meta(max_length=corpus.MAX_DESCRIPTION_LENGTH)]
DocumentTitle: TypeAlias = Annotated[str, trimmed(1, document.MAX_TITLE_LENGTH)]
MimeType: TypeAlias = Annotated[str, Meta(max_length=document.MAX_MIME_TYPE_LENGTH)]
ContentText: TypeAlias = Annotated[
    str,
    Meta(
        pattern=VISIBLE,
        max_length=MAX_TEXT_LENGTH,
        extra={MALFORMED: ("blank", "Must not be blank: there would be nothing to find")},
    ),
]


class Chunking(Struct, kw_only=True):
    """Chunks have at most `size` characters; `overlap` of them, less than half, repeat the end of the one before.

    `windows` are of equal size; `structure` goes along headings, paragraphs, code and sentences.
    """

    strategy: ChunkingStrategy = ChunkingStrategy.WINDOWS
    size: Annotated[int, Meta(ge=SMALLEST, le=LARGEST)] = USUAL_SIZE
    overlap: Annotated[int, Meta(ge=0, le=LARGEST)] = USUAL_OVERLAP

    def meant(self) -> CorpusChunking:
        return CorpusChunking(strategy=self.strategy, size=self.size, overlap=self.overlap)


class NewCorpus(Struct, rename="camel", kw_only=True):
    """A workflow's corpus needs `workflowId`, a run's `executionId`."""

    name: CorpusName
    description: CorpusDescription = ""
    scope_type: ScopeType = ScopeType.USER
    workflow_id: UuidText | UnsetType = UNSET
    execution_id: UuidText | UnsetType = UNSET
    chunking: Chunking = field(default_factory=Chunking)
    metadata: dict[str, Any] = field(default_factory=dict)

    def wanted(self) -> CorpusToBe:
        return CorpusToBe(
            name=self.name,
            description=self.description,
            scope=self.scope_type,
            workflow_id=WorkflowId(UUID(self.workflow_id)) if self.workflow_id else None,
            execution_id=ExecutionId(UUID(self.execution_id)) if self.execution_id else None,
            chunking=self.chunking.meant(),
            metadata=bounded(self.metadata),
        )


class ChangedCorpus(Struct, rename="camel", kw_only=True):
    """What is not given stays as it is. `chunking` is for documents that are still to come."""

    name: CorpusName | UnsetType = UNSET
    description: CorpusDescription | UnsetType = UNSET
    chunking: Chunking | UnsetType = UNSET
    metadata: dict[str, Any] | UnsetType = UNSET

    def changes(self) -> CorpusChanges:
        return CorpusChanges(
            name=None if self.name is UNSET else self.name,
            description=None if self.description is UNSET else self.description,
            chunking=None if self.chunking is UNSET else self.chunking.meant(),
            metadata=None if self.metadata is UNSET else bounded(self.metadata),
        )


class ReplacingDocument(Struct, rename="camel", kw_only=True):
    """What a document says from now on. `allowDuplicates` lets another one of the corpus say the same."""

    title: DocumentTitle
    content_text: ContentText
    source_type: SourceType = SourceType.UPLOAD
    mime_type: MimeType | UnsetType = UNSET
    metadata: dict[str, Any] = field(default_factory=dict)
    allow_duplicates: bool = False

    def wanted(self) -> DocumentToBe:
        return DocumentToBe(
            title=self.title,
            text=self.content_text,
            source_type=self.source_type,
            mime_type=None if self.mime_type is UNSET else self.mime_type,
            metadata=bounded(self.metadata),
        )

    def meaning(self) -> bytes:
        """The same for every way to write the same request."""
        return msgspec.json.encode(self, order="deterministic")


class NewDocument(ReplacingDocument, rename="camel", kw_only=True):
    """A text that the corpus holds already is not kept again, unless `allowDuplicates`."""

    corpus_id: UuidText

    @property
    def corpus(self) -> CorpusId:
        return CorpusId(UUID(self.corpus_id))


class CorpusMade(Struct, kw_only=True):
    id: UUID


class DocumentAccepted(Struct, rename="camel", kw_only=True):
    """`isKnown` when the corpus held the same text before: then `documentId` names the document that was there."""

    document_id: UUID
    job_id: str
    is_known: bool = False

    @classmethod
    def of(cls, document_id: DocumentId, *, is_known: bool = False) -> "DocumentAccepted":
        return cls(document_id=document_id, job_id=f"ingest-{document_id}", is_known=is_known)


class DocumentTriedAgain(Struct, rename="camel", kw_only=True):
    document_id: UUID
    status: DocumentStatus


class CorpusRecord(Struct, rename="camel", kw_only=True):
    """`ingesting` while any of its documents is pending or processing. `embeddingModel` is there once anything is
    searchable. `updatedAt` moves when documents become searchable or fail, too, at most once a second."""

    id: UUID
    user_id: UUID
    name: str
    description: str
    scope_type: ScopeType
    workflow_id: UUID | None
    execution_id: UUID | None
    status: CorpusStatus
    metadata: dict[str, Any]
    chunking: Chunking
    embedding_model: str | None
    created_at: str
    updated_at: str


class DocumentCounts(Struct, kw_only=True):
    pending: int
    processing: int
    ready: int
    failed: int


class CorpusDetail(CorpusRecord, rename="camel", kw_only=True):
    document_counts: DocumentCounts


class Progress(Struct, kw_only=True):
    """In chunks; `total` is known once the text is cut."""

    done: int
    total: int | None


class ReplacedDocument(Struct, rename="camel", kw_only=True):
    """What is found of a document while another text waits to take its place, or has failed to."""

    title: str
    source_type: SourceType
    mime_type: str | None
    metadata: dict[str, Any]
    chunk_count: int


class DocumentRecord(Struct, rename="camel", kw_only=True):
    """`stage` is what has begun; where it failed, what it did not get through. `error` of a pending one says
    what it waits for. The text itself is not shown. All of this is about the text that was brought last: `replaces`
    is there until that is searchable, when the document was searchable before, and says what is found of it."""

    id: UUID
    corpus_id: UUID
    user_id: UUID
    source_type: SourceType
    title: str
    mime_type: str | None
    status: DocumentStatus
    stage: Stage
    progress: Progress
    chunk_count: int
    content_sha256: str
    error: str | None
    metadata: dict[str, Any]
    replaces: ReplacedDocument | None
    created_at: str
    updated_at: str


class ChunkRecord(Struct, rename="camel", kw_only=True):
    """In `metadata`: `start` and `end` in the text that was cut, `sourceStart` and `sourceEnd` in the document's own,
    all in UTF-16 code units."""

    id: UUID
    corpus_id: UUID
    document_id: UUID
    chunk_index: int
    content: str
    token_count: int | None
    embedding_model: str
    metadata: dict[str, Any]
    created_at: str


def bounded(metadata: JsonObject) -> JsonObject:
    """Raise Invalid for what is too much to be kept beside a text."""
    if (fault := metadata_fault(metadata)) is not None:
        raise Invalid(faults=[fault])
    return metadata
