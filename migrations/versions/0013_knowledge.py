"""Corpora, documents, their chunks, and the two indexes in which chunks are found."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    _spaces()
    _corpora()
    _documents()
    _chunks()
    _staged_chunks()
    _vectors()
    _fresh_terms()
    _segments()
    _ordinals()
    _postings()


def downgrade() -> None:
    for table in (
        "knowledge_postings",
        "knowledge_ordinals",
        "knowledge_segments",
        "knowledge_fresh_terms",
        "knowledge_vectors",
        "knowledge_staged_chunks",
        "knowledge_chunks",
        "knowledge_documents",
        "knowledge_corpora",
        "knowledge_spaces",
    ):
        op.drop_table(table)


def _spaces() -> None:
    op.create_table(
        "knowledge_spaces",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("dimensions", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge_spaces"),
        sa.UniqueConstraint("name", "dimensions", name="uq_knowledge_spaces_name_dimensions"),
        sa.CheckConstraint("dimensions BETWEEN 1 AND 16000", name=op.f("ck_knowledge_spaces_dimensions_bounded")),
    )


def _corpora() -> None:
    op.create_table(
        "knowledge_corpora",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("description", sa.String(2048), nullable=False, server_default=sa.text("''")),
        sa.Column("scope_type", sa.String(30), nullable=False, server_default=sa.text("'user'")),
        sa.Column("workflow_id", sa.Uuid),
        sa.Column("execution_id", sa.Uuid),
        sa.Column("is_made_by_runs", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("space_id", sa.Integer),
        sa.Column("chunk_strategy", sa.String(20), nullable=False, server_default=sa.text("'windows'")),
        sa.Column("chunk_size", sa.Integer, nullable=False, server_default=sa.text("1200")),
        sa.Column("chunk_overlap", sa.Integer, nullable=False, server_default=sa.text("200")),
        sa.Column("metadata", postgresql.JSON, nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge_corpora"),
        _cascade("knowledge_corpora", "user_id", "users"),
        _cascade("knowledge_corpora", "workflow_id", "workflows"),
        _cascade("knowledge_corpora", "execution_id", "executions"),
        sa.ForeignKeyConstraint(["space_id"], ["knowledge_spaces.id"], name="fk_knowledge_corpora_space_id"),
        sa.UniqueConstraint("id", "user_id", name="uq_knowledge_corpora_id_user_id"),
        sa.CheckConstraint(
            "scope_type IN ('user', 'workflow', 'execution')", name=op.f("ck_knowledge_corpora_scope_type_known")
        ),
        sa.CheckConstraint(
            "(scope_type <> 'workflow' OR workflow_id IS NOT NULL)"
            " AND (scope_type <> 'execution' OR execution_id IS NOT NULL)",
            name=op.f("ck_knowledge_corpora_scope_complete"),
        ),
        sa.CheckConstraint(
            "chunk_strategy IN ('windows', 'structure')", name=op.f("ck_knowledge_corpora_chunk_strategy_known")
        ),
        sa.CheckConstraint(
            "chunk_overlap >= 0 AND 2 * chunk_overlap < chunk_size", name=op.f("ck_knowledge_corpora_chunks_advance")
        ),
    )
    op.create_index(
        "ix_knowledge_corpora_newest",
        "knowledge_corpora",
        ["user_id", sa.text("updated_at DESC"), sa.text("id DESC")],
    )
    op.create_index("ix_knowledge_corpora_workflow_id", "knowledge_corpora", ["workflow_id"])
    op.create_index("ix_knowledge_corpora_execution_id", "knowledge_corpora", ["execution_id"])
    op.create_index(
        "uq_knowledge_corpora_made_by_runs",
        "knowledge_corpora",
        ["user_id", "scope_type", "workflow_id", "execution_id"],
        unique=True,
        postgresql_where=sa.text("is_made_by_runs"),
        postgresql_nulls_not_distinct=True,
    )


def _documents() -> None:
    op.create_table(
        "knowledge_documents",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("corpus_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("source_type", sa.String(30), nullable=False, server_default=sa.text("'upload'")),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("mime_type", sa.String(100)),
        sa.Column("content_text", sa.Text, nullable=False),
        sa.Column("content_hash", sa.LargeBinary, nullable=False),
        sa.Column("is_duplicate", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("status", sa.String(20), nullable=False, server_default=sa.text("'pending'")),
        sa.Column("stage", sa.String(20)),
        sa.Column("chunks_total", sa.Integer),
        sa.Column("chunks_done", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        _moment("due_at"),
        sa.Column("epoch", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("claims", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("lease_owner", sa.String(255)),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.String(4096)),
        sa.Column("metadata", postgresql.JSON, nullable=False),
        sa.Column("attributes", postgresql.JSONB, nullable=False, server_default=sa.text("'{}'")),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge_documents"),
        sa.ForeignKeyConstraint(
            ["corpus_id", "user_id"],
            ["knowledge_corpora.id", "knowledge_corpora.user_id"],
            name="fk_knowledge_documents_corpus_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("id", "corpus_id", name="uq_knowledge_documents_id_corpus_id"),
        sa.CheckConstraint(
            "source_type IN ('upload', 'inline', 'api')", name=op.f("ck_knowledge_documents_source_type_known")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'ready', 'failed')", name=op.f("ck_knowledge_documents_status_known")
        ),
        sa.CheckConstraint("octet_length(content_hash) = 32", name=op.f("ck_knowledge_documents_hashed")),
        sa.CheckConstraint("claims >= 0 AND epoch >= claims", name=op.f("ck_knowledge_documents_claims_counted")),
        sa.CheckConstraint(
            "chunks_done >= 0 AND (chunks_total IS NULL OR chunks_total >= chunks_done)",
            name=op.f("ck_knowledge_documents_chunks_counted"),
        ),
        sa.CheckConstraint(
            "lease_owner IS NULL OR status = 'processing'", name=op.f("ck_knowledge_documents_leased_while_processing")
        ),
        sa.CheckConstraint(
            "status <> 'failed' OR error IS NOT NULL", name=op.f("ck_knowledge_documents_failed_for_a_reason")
        ),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "ix_knowledge_documents_newest",
        "knowledge_documents",
        ["corpus_id", sa.text("updated_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "uq_knowledge_documents_content_hash",
        "knowledge_documents",
        ["corpus_id", "content_hash"],
        unique=True,
        postgresql_where=sa.text("NOT is_duplicate"),
    )
    op.create_index(
        "ix_knowledge_documents_unfinished",
        "knowledge_documents",
        ["due_at", "id"],
        postgresql_where=sa.text("status IN ('pending', 'processing')"),
    )
    op.create_index(
        "ix_knowledge_documents_unfinished_of_corpus",
        "knowledge_documents",
        ["corpus_id"],
        postgresql_where=sa.text("status IN ('pending', 'processing')"),
    )


def _chunks() -> None:
    op.create_table(
        "knowledge_chunks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("corpus_id", sa.Uuid, nullable=False),
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("chunk_index", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("token_count", sa.Integer),
        sa.Column("metadata", postgresql.JSON, nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge_chunks"),
        _of_document("knowledge_chunks"),
        sa.UniqueConstraint("document_id", "chunk_index", name="uq_knowledge_chunks_document_id_chunk_index"),
        sa.CheckConstraint("chunk_index >= 0", name=op.f("ck_knowledge_chunks_index_counted")),
    )


def _staged_chunks() -> None:
    op.create_table(
        "knowledge_staged_chunks",
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("chunk_index", sa.Integer, nullable=False),
        sa.Column("chunk_id", sa.Uuid, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("token_count", sa.Integer),
        sa.Column("metadata", postgresql.JSON, nullable=False),
        sa.Column("space_id", sa.Integer, nullable=False),
        sa.Column("embedding", HALFVEC(), nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("postings", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "chunk_index", name="pk_knowledge_staged_chunks"),
        _cascade("knowledge_staged_chunks", "document_id", "knowledge_documents"),
        _cascade("knowledge_staged_chunks", "space_id", "knowledge_spaces"),
    )


def _vectors() -> None:
    op.create_table(
        "knowledge_vectors",
        sa.Column("chunk_id", sa.Uuid, nullable=False),
        sa.Column("space_id", sa.Integer, nullable=False),
        sa.Column("corpus_id", sa.Uuid, nullable=False),
        sa.Column("is_in_graph", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("embedding", HALFVEC(), nullable=False),
        sa.PrimaryKeyConstraint("chunk_id", "space_id", name="pk_knowledge_vectors"),
        _cascade("knowledge_vectors", "chunk_id", "knowledge_chunks"),
        _cascade("knowledge_vectors", "space_id", "knowledge_spaces"),
    )
    op.create_index("ix_knowledge_vectors_corpus_id", "knowledge_vectors", ["corpus_id", "space_id", "is_in_graph"])


def _fresh_terms() -> None:
    op.create_table(
        "knowledge_fresh_terms",
        sa.Column("chunk_id", sa.Uuid, nullable=False),
        sa.Column("corpus_id", sa.Uuid, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("postings", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("chunk_id", name="pk_knowledge_fresh_terms"),
        _cascade("knowledge_fresh_terms", "chunk_id", "knowledge_chunks"),
    )
    op.create_index("ix_knowledge_fresh_terms_corpus_id", "knowledge_fresh_terms", ["corpus_id"])


def _segments() -> None:
    op.create_table(
        "knowledge_segments",
        sa.Column("corpus_id", sa.Uuid, nullable=False),
        sa.Column("first_ordinal", sa.Integer, nullable=False),
        sa.Column("chunk_count", sa.Integer, nullable=False),
        sa.Column("total_length", sa.BigInteger, nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.String(16)), nullable=False),
        sa.PrimaryKeyConstraint("corpus_id", "first_ordinal", name="pk_knowledge_segments"),
        _cascade("knowledge_segments", "corpus_id", "knowledge_corpora"),
        sa.CheckConstraint("first_ordinal >= 0 AND chunk_count > 0", name=op.f("ck_knowledge_segments_counted")),
    )


def _ordinals() -> None:
    op.create_table(
        "knowledge_ordinals",
        sa.Column("corpus_id", sa.Uuid, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("chunk_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("corpus_id", "ordinal", name="pk_knowledge_ordinals"),
        sa.UniqueConstraint("chunk_id", name="uq_knowledge_ordinals_chunk_id"),
        _cascade("knowledge_ordinals", "chunk_id", "knowledge_chunks"),
    )


def _postings() -> None:
    op.create_table(
        "knowledge_postings",
        sa.Column("corpus_id", sa.Uuid, nullable=False),
        sa.Column("segment", sa.Integer, nullable=False),
        sa.Column("last_term", sa.Integer, nullable=False),
        sa.Column("postings", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("corpus_id", "segment", "last_term", name="pk_knowledge_postings"),
        sa.ForeignKeyConstraint(
            ["corpus_id", "segment"],
            ["knowledge_segments.corpus_id", "knowledge_segments.first_ordinal"],
            name="fk_knowledge_postings_corpus_id",
            ondelete="CASCADE",
        ),
    )
    # Numbers hardly shrink, and every search of a long list would pay for unpacking it.
    op.execute("ALTER TABLE knowledge_postings ALTER COLUMN postings SET STORAGE EXTERNAL")


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _cascade(table: str, column: str, whole: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{whole}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _of_document(table: str) -> sa.ForeignKeyConstraint:
    """A part cannot claim to be in another corpus than its document."""
    return sa.ForeignKeyConstraint(
        ["document_id", "corpus_id"],
        ["knowledge_documents.id", "knowledge_documents.corpus_id"],
        name=f"fk_{table}_document_id",
        ondelete="CASCADE",
    )
