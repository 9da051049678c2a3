"""Corpora and documents, and the chunks that documents are found by."""

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import DDL

from adapters.postgres.tables.schema import Document, identity, metadata, moment, one_of

event.listen(metadata, "before_create", DDL("CREATE EXTENSION IF NOT EXISTS vector"))  # type: ignore[no-untyped-call]

knowledge_spaces = Table(
    "knowledge_spaces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("dimensions", Integer, nullable=False),
    UniqueConstraint("name", "dimensions"),
    CheckConstraint("dimensions BETWEEN 1 AND 16000", name="dimensions_bounded"),
)

knowledge_corpora = Table(
    "knowledge_corpora",
    metadata,
    identity(),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(255), nullable=False),
    Column("description", String(2048), nullable=False, server_default=text("''")),
    Column("scope_type", String(30), nullable=False, server_default=text("'user'")),
    Column("workflow_id", Uuid, ForeignKey("workflows.id", ondelete="CASCADE")),
    Column("execution_id", Uuid, ForeignKey("executions.id", ondelete="CASCADE")),
    Column("is_made_by_runs", Boolean, nullable=False, server_default=text("false")),
    Column("space_id", Integer, ForeignKey("knowledge_spaces.id")),
    Column("chunk_strategy", String(20), nullable=False, server_default=text("'windows'")),
    Column("chunk_size", Integer, nullable=False, server_default=text("1200")),
    Column("chunk_overlap", Integer, nullable=False, server_default=text("200")),
    Column("metadata", Document, nullable=False),
    moment("created_at", defaults_to_now=True),
    moment("updated_at", defaults_to_now=True),
    UniqueConstraint("id", "user_id"),
    one_of("scope_type", ("user", "workflow", "execution")),
    CheckConstraint(
        "(scope_type <> 'workflow' OR workflow_id IS NOT NULL)"
        " AND (scope_type <> 'execution' OR execution_id IS NOT NULL)",
        name="scope_complete",
    ),
    one_of("chunk_strategy", ("windows", "structure")),
    CheckConstraint("chunk_overlap >= 0 AND 2 * chunk_overlap < chunk_size", name="chunks_advance"),
)
"""`space_id` is where the dense leg looks: vectors of another space may be there already, unseen until it changes."""

Index(
    "ix_knowledge_corpora_newest",
    knowledge_corpora.c.user_id,
    knowledge_corpora.c.updated_at.desc(),
    knowledge_corpora.c.id.desc(),
)
Index("ix_knowledge_corpora_workflow_id", knowledge_corpora.c.workflow_id)
Index("ix_knowledge_corpora_execution_id", knowledge_corpora.c.execution_id)
Index(
    "uq_knowledge_corpora_made_by_runs",
    knowledge_corpora.c.user_id,
    knowledge_corpora.c.scope_type,
    knowledge_corpora.c.workflow_id,
    knowledge_corpora.c.execution_id,
    unique=True,
    postgresql_where=text("is_made_by_runs"),
    postgresql_nulls_not_distinct=True,
)

knowledge_documents = Table(
    "knowledge_documents",
    metadata,
    identity(),
    Column("corpus_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("source_type", String(30), nullable=False, server_default=text("'upload'")),
    Column("title", String(255), nullable=False),
    Column("mime_type", String(100)),
    Column("content_text", Text, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("is_duplicate", Boolean, nullable=False, server_default=text("false")),
    Column("status", String(20), nullable=False, server_default=text("'pending'")),
    Column("stage", String(20)),
    Column("chunks_total", Integer),
    Column("chunks_done", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    moment("due_at", defaults_to_now=True),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("claims", Integer, nullable=False, server_default=text("0")),
    Column("lease_owner", String(255)),
    moment("lease_expires_at", nullable=True),
    Column("error", String(4096)),
    Column("metadata", Document, nullable=False),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'")),
    moment("created_at", defaults_to_now=True),
    moment("updated_at", defaults_to_now=True),
    Column("next_source_type", String(30)),
    Column("next_title", String(255)),
    Column("next_mime_type", String(100)),
    Column("next_text", Text),
    Column("next_metadata", Document),
    ForeignKeyConstraint(
        ["corpus_id", "user_id"], ["knowledge_corpora.id", "knowledge_corpora.user_id"], ondelete="CASCADE"
    ),
    UniqueConstraint("id", "corpus_id"),
    one_of("source_type", ("upload", "inline", "api")),
    one_of("status", ("pending", "processing", "ready", "failed")),
    CheckConstraint("octet_length(content_hash) = 32", name="hashed"),
    CheckConstraint("claims >= 0 AND epoch >= claims", name="claims_counted"),
    CheckConstraint(
        "chunks_done >= 0 AND (chunks_total IS NULL OR chunks_total >= chunks_done)", name="chunks_counted"
    ),
    CheckConstraint("lease_owner IS NULL OR status = 'processing'", name="leased_while_processing"),
    CheckConstraint("status <> 'failed' OR error IS NOT NULL", name="failed_for_a_reason"),
    CheckConstraint("jsonb_typeof(attributes) = 'object'", name="attributes_are_an_object"),
    one_of("next_source_type", ("upload", "inline", "api")),
    CheckConstraint(
        "num_nulls(next_source_type, next_title, next_text, next_metadata) IN (0, 4)"
        " AND (next_text IS NOT NULL OR next_mime_type IS NULL)",
        name="next_complete",
    ),
    CheckConstraint("next_text IS NULL OR status <> 'ready'", name="nothing_next_to_what_is_ready"),
    postgresql_with={"fillfactor": 80},
)
"""`attributes` is `metadata` once more, as searches filter by it; `metadata` is what its owner gets back.

What a searchable document is to say next waits in `next_…`, until its chunks take the place of those that are there:
searches need not know of it. `content_hash` and all that is said of its progress are about the latest text.
`is_duplicate` lets others have the same text; of the rest one has it.
"""

Index(
    "ix_knowledge_documents_newest",
    knowledge_documents.c.corpus_id,
    knowledge_documents.c.updated_at.desc(),
    knowledge_documents.c.id.desc(),
)
Index(
    "uq_knowledge_documents_content_hash",
    knowledge_documents.c.corpus_id,
    knowledge_documents.c.content_hash,
    unique=True,
    postgresql_where=text("NOT is_duplicate"),
)
Index(
    "ix_knowledge_documents_duplicates",
    knowledge_documents.c.corpus_id,
    knowledge_documents.c.content_hash,
    postgresql_where=text("is_duplicate"),
)
Index(
    "ix_knowledge_documents_unfinished",
    knowledge_documents.c.due_at,
    knowledge_documents.c.id,
    postgresql_where=text("status IN ('pending', 'processing')"),
)
Index(
    "ix_knowledge_documents_unfinished_of_corpus",
    knowledge_documents.c.corpus_id,
    postgresql_where=text("status IN ('pending', 'processing')"),
)

knowledge_chunks = Table(
    "knowledge_chunks",
    metadata,
    identity(),
    Column("corpus_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("chunk_index", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("token_count", Integer),
    Column("metadata", Document, nullable=False),
    moment("created_at", defaults_to_now=True),
    ForeignKeyConstraint(
        ["document_id", "corpus_id"], ["knowledge_documents.id", "knowledge_documents.corpus_id"], ondelete="CASCADE"
    ),
    UniqueConstraint("document_id", "chunk_index"),
    CheckConstraint("chunk_index >= 0", name="index_counted"),
)
"""Of ready documents only: they come with the statement that makes their document ready, and all at once."""

knowledge_staged_chunks = Table(
    "knowledge_staged_chunks",
    metadata,
    Column("document_id", Uuid, ForeignKey("knowledge_documents.id", ondelete="CASCADE"), nullable=False),
    Column("chunk_index", Integer, nullable=False),
    Column("chunk_id", Uuid, nullable=False),
    Column("content", Text, nullable=False),
    Column("token_count", Integer),
    Column("metadata", Document, nullable=False),
    Column("space_id", Integer, ForeignKey("knowledge_spaces.id", ondelete="CASCADE"), nullable=False),
    Column("embedding", HALFVEC(), nullable=False),
    Column("length", Integer, nullable=False),
    Column("language", String(16), nullable=False),
    Column("postings", LargeBinary, nullable=False),
    PrimaryKeyConstraint("document_id", "chunk_index"),
)
"""What is finished of a document that is not: no search looks here."""
