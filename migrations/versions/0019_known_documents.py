"""A text is known by any document that has it, and a repeated request is told whether it was."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    op.create_index(
        "ix_knowledge_documents_duplicates",
        "knowledge_documents",
        ["corpus_id", "content_hash"],
        postgresql_where=sa.text("is_duplicate"),
    )
    op.add_column("intentions", sa.Column("was_there", sa.Boolean, nullable=False, server_default=sa.text("false")))


def downgrade() -> None:
    op.drop_column("intentions", "was_there")
    op.drop_index("ix_knowledge_documents_duplicates", "knowledge_documents")
