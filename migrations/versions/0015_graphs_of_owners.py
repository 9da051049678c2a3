"""Vectors know whose they are, and graphs of neighbours hold what one owner or one large corpus has."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    _put_aside(
        "SELECT v.chunk_id, v.space_id, corpus.user_id, v.corpus_id, v.embedding"
        " FROM knowledge_vectors AS v JOIN knowledge_corpora AS corpus ON corpus.id = v.corpus_id"
    )
    op.execute("""
    CREATE TABLE knowledge_vectors (
        chunk_id uuid NOT NULL, space_id integer NOT NULL, user_id uuid NOT NULL, corpus_id uuid NOT NULL,
        embedding halfvec NOT NULL)
    """)
    _put_back("chunk_id")
    op.create_table(
        "knowledge_graphs",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("space_id", sa.Integer, nullable=False),
        sa.Column("corpus_id", sa.Uuid),
        sa.Column("after", sa.Uuid, nullable=False),
        sa.Column("upto", sa.Uuid, nullable=False),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("settled", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge_graphs"),
        _cascade("user_id", "users"),
        _cascade("space_id", "knowledge_spaces"),
        _cascade("corpus_id", "knowledge_corpora"),
        sa.CheckConstraint("after < upto AND chunks > 0", name=op.f("ck_knowledge_graphs_has_chunks")),
    )
    op.create_index("ix_knowledge_graphs_user_id", "knowledge_graphs", ["user_id", "space_id", "upto"])
    op.create_index("ix_knowledge_graphs_corpus_id", "knowledge_graphs", ["corpus_id"])


def downgrade() -> None:
    op.drop_table("knowledge_graphs")
    _put_aside("SELECT chunk_id, space_id, corpus_id, false AS is_in_graph, embedding FROM knowledge_vectors")
    op.execute("""
    CREATE TABLE knowledge_vectors (
        chunk_id uuid NOT NULL, space_id integer NOT NULL, corpus_id uuid NOT NULL,
        is_in_graph boolean DEFAULT false NOT NULL, embedding halfvec NOT NULL)
    """)
    _put_back("is_in_graph")
    op.execute("""
    DO $$ DECLARE space record; BEGIN
        FOR space IN SELECT id, dimensions FROM knowledge_spaces WHERE dimensions <= 4000 LOOP
            EXECUTE format(
                'CREATE INDEX ix_knowledge_vectors_graph_%s ON knowledge_vectors USING hnsw'
                ' ((embedding::halfvec(%s)) halfvec_cosine_ops) WHERE space_id = %s AND is_in_graph',
                space.id, space.dimensions, space.id);
        END LOOP;
    END $$
    """)


def _put_aside(rows: str) -> None:
    op.execute(f"CREATE TEMPORARY TABLE vectors_put_aside AS {rows}")
    op.drop_table("knowledge_vectors")


def _put_back(last_of_index: str) -> None:
    op.execute("INSERT INTO knowledge_vectors SELECT * FROM vectors_put_aside")
    op.drop_table("vectors_put_aside")
    op.create_primary_key("pk_knowledge_vectors", "knowledge_vectors", ["chunk_id", "space_id"])
    for column, whole in (("chunk_id", "knowledge_chunks"), ("space_id", "knowledge_spaces")):
        op.create_foreign_key(
            f"fk_knowledge_vectors_{column}", "knowledge_vectors", whole, [column], ["id"], ondelete="CASCADE"
        )
    op.create_index("ix_knowledge_vectors_corpus_id", "knowledge_vectors", ["corpus_id", "space_id", last_of_index])


def _cascade(column: str, whole: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{whole}.id"], name=f"fk_knowledge_graphs_{column}", ondelete="CASCADE")
