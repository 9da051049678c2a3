"""The two indexes over chunks: vectors, and the terms that chunks contain.

Terms grow as log-structured indexes do. A new chunk brings one row of its own (fresh terms), which searches read
through; whenever many have gathered, they become a segment: all their postings in the order of terms, cut into pages,
with chunks numbered within their corpus (ordinals). Segments of one size are joined to larger ones.
"""

from collections.abc import Mapping

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    BigInteger,
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
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from adapters.postgres.tables.schema import metadata

knowledge_vectors = Table(
    "knowledge_vectors",
    metadata,
    Column("chunk_id", Uuid, ForeignKey("knowledge_chunks.id", ondelete="CASCADE"), nullable=False),
    Column("space_id", Integer, ForeignKey("knowledge_spaces.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("corpus_id", Uuid, nullable=False),
    Column("embedding", HALFVEC(), nullable=False),
    PrimaryKeyConstraint("chunk_id", "space_id"),
)
"""Small scopes are read through; the vectors of large holdings are in graphs of neighbours too, which come and go."""

Index(
    "ix_knowledge_vectors_corpus_id",
    knowledge_vectors.c.corpus_id,
    knowledge_vectors.c.space_id,
    knowledge_vectors.c.chunk_id,
)

knowledge_graphs = Table(
    "knowledge_graphs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("space_id", Integer, ForeignKey("knowledge_spaces.id", ondelete="CASCADE"), nullable=False),
    Column("corpus_id", Uuid, ForeignKey("knowledge_corpora.id", ondelete="CASCADE")),
    Column("after", Uuid, nullable=False),
    Column("upto", Uuid, nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("settled", Integer, nullable=False),
    CheckConstraint("after < upto AND chunks > 0", name="has_chunks"),
)
"""Each stands for a partial index on the vectors of the chunks whose ids lie in its stretch."""

Index("ix_knowledge_graphs_user_id", knowledge_graphs.c.user_id, knowledge_graphs.c.space_id, knowledge_graphs.c.upto)
Index("ix_knowledge_graphs_corpus_id", knowledge_graphs.c.corpus_id)

MAKES_ROOM_AT_ONCE: Mapping[str, str] = {
    f"{place}autovacuum_{key}": value
    for key, value in {"vacuum_threshold": "1000", "vacuum_scale_factor": "0.02", "vacuum_cost_delay": "0"}.items()
    for place in ("", "toast.")
}
"""Segments that grow rewrite each posting a few times, so there soon is more that is dead than alive."""

knowledge_fresh_terms = Table(
    "knowledge_fresh_terms",
    metadata,
    Column("chunk_id", Uuid, ForeignKey("knowledge_chunks.id", ondelete="CASCADE"), primary_key=True),
    Column("corpus_id", Uuid, nullable=False),
    Column("length", Integer, nullable=False),
    Column("language", String(16), nullable=False),
    Column("postings", LargeBinary, nullable=False),
    postgresql_with=MAKES_ROOM_AT_ONCE,
)

Index("ix_knowledge_fresh_terms_corpus_id", knowledge_fresh_terms.c.corpus_id)

knowledge_segments = Table(
    "knowledge_segments",
    metadata,
    Column("corpus_id", Uuid, ForeignKey("knowledge_corpora.id", ondelete="CASCADE"), nullable=False),
    Column("first_ordinal", Integer, nullable=False),
    Column("chunk_count", Integer, nullable=False),
    Column("total_length", BigInteger, nullable=False),
    Column("languages", ARRAY(String(16)), nullable=False),
    PrimaryKeyConstraint("corpus_id", "first_ordinal"),
    CheckConstraint("first_ordinal >= 0 AND chunk_count > 0", name="counted"),
)

knowledge_ordinals = Table(
    "knowledge_ordinals",
    metadata,
    Column("corpus_id", Uuid, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("chunk_id", Uuid, ForeignKey("knowledge_chunks.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("corpus_id", "ordinal"),
    UniqueConstraint("chunk_id"),
)
"""Which chunk an ordinal stands for; one without a row stands for a chunk that is gone."""

knowledge_postings = Table(
    "knowledge_postings",
    metadata,
    Column("corpus_id", Uuid, nullable=False),
    Column("segment", Integer, nullable=False),
    Column("last_term", Integer, nullable=False),
    Column("postings", LargeBinary, nullable=False),
    PrimaryKeyConstraint("corpus_id", "segment", "last_term"),
    ForeignKeyConstraint(
        ["corpus_id", "segment"],
        ["knowledge_segments.corpus_id", "knowledge_segments.first_ordinal"],
        ondelete="CASCADE",
    ),
    postgresql_with=MAKES_ROOM_AT_ONCE,
)
"""A page of a segment: all postings of the terms up to `last_term`, from the one on at which the page before ends."""
