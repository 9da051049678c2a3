"""Requests that may be sent twice and count once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    op.create_table(
        "intentions",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.String(100), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("outcome", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "place", "key", name="pk_intentions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_intentions_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_intentions_expires_at", "intentions", ["expires_at"])


def downgrade() -> None:
    op.drop_table("intentions")
