"""What the runs of a workflow remember beyond their own end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    op.create_table(
        "workflow_memory",
        sa.Column("workflow_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("value", postgresql.JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workflow_id", "key", name="pk_workflow_memory"),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflows.id"], name="fk_workflow_memory_workflow_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("workflow_memory")
