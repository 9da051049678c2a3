"""Workflows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.create_table(
        "workflows",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("description", sa.String(2048), nullable=False, server_default=sa.text("''")),
        sa.Column("status", sa.String(20), nullable=False, server_default=sa.text("'inactive'")),
        sa.Column("nodes", postgresql.JSON, nullable=False),
        sa.Column("edges", postgresql.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("revision", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("source_template_id", sa.String(100)),
        sa.Column("source_template_version", sa.Integer),
        sa.Column("source_template_params", postgresql.JSON),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name="pk_workflows"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_workflows_user_id", ondelete="CASCADE"),
        sa.CheckConstraint("status IN ('active', 'inactive')", name=op.f("ck_workflows_status_known")),
    )
    op.create_index(
        "ix_workflows_user_id_updated_at_id", "workflows", ["user_id", sa.text("updated_at DESC"), sa.text("id DESC")]
    )


def downgrade() -> None:
    op.drop_table("workflows")
