"""Unfinished runs by their owner, for workers that look for somebody else's."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    op.create_index(
        "ix_executions_unfinished_by_user",
        "executions",
        ["user_id", "created_at", "id"],
        postgresql_where=sa.text("status IN ('pending', 'running')"),
    )


def downgrade() -> None:
    op.drop_index("ix_executions_unfinished_by_user", "executions")
