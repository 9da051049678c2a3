"""Runs that are being worked on by their owner, for whoever has the fewest to come first."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    op.create_index(
        "ix_executions_running_by_user", "executions", ["user_id"], postgresql_where=sa.text("status = 'running'")
    )


def downgrade() -> None:
    op.drop_index("ix_executions_running_by_user", "executions")
