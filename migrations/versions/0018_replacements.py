"""A text that is to take the place of another waits beside it, with all that is said of it.

Documents that were replaced or tried again before had their attributes as a text in JSON, which no filter matches.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision: str | None = "0017"

CHECKS = {
    "attributes_are_an_object": "jsonb_typeof(attributes) = 'object'",
    "next_source_type_known": "next_source_type IN ('upload', 'inline', 'api')",
    "next_complete": "num_nulls(next_source_type, next_title, next_text, next_metadata) IN (0, 4)"
    " AND (next_text IS NOT NULL OR next_mime_type IS NULL)",
    "nothing_next_to_what_is_ready": "next_text IS NULL OR status <> 'ready'",
}


def upgrade() -> None:
    op.execute(
        "UPDATE knowledge_documents SET attributes = metadata::text::jsonb WHERE jsonb_typeof(attributes) <> 'object'"
    )
    op.add_column("knowledge_documents", sa.Column("next_source_type", sa.String(30)))
    op.add_column("knowledge_documents", sa.Column("next_title", sa.String(255)))
    op.add_column("knowledge_documents", sa.Column("next_mime_type", sa.String(100)))
    op.add_column("knowledge_documents", sa.Column("next_text", sa.Text))
    op.add_column("knowledge_documents", sa.Column("next_metadata", postgresql.JSON))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_knowledge_documents_{name}"), "knowledge_documents", condition)


def downgrade() -> None:
    """What waited counts as what is there, as it did before."""
    op.execute(
        """
        UPDATE knowledge_documents
        SET source_type = next_source_type, title = next_title, mime_type = next_mime_type, content_text = next_text,
            metadata = next_metadata, attributes = next_metadata::jsonb
        WHERE next_text IS NOT NULL
        """
    )
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_knowledge_documents_{name}"), "knowledge_documents")
    for name in ("next_metadata", "next_text", "next_mime_type", "next_title", "next_source_type"):
        op.drop_column("knowledge_documents", name)
