"""Runs, with lease, epoch and the graph that they were frozen with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.create_table(
        "executions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("workflow_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("workflow_version", sa.Integer, nullable=False),
        sa.Column("trigger_source", sa.String(20), nullable=False, server_default=sa.text("'manual'")),
        sa.Column("trigger_payload", postgresql.JSON, nullable=False),
        sa.Column("nodes", postgresql.JSON, nullable=False),
        sa.Column("edges", postgresql.JSON, nullable=False),
        sa.Column("status", sa.String(20), nullable=False, server_default=sa.text("'pending'")),
        sa.Column("epoch", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("claims", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("lease_owner", sa.String(255)),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True)),
        sa.Column("checkpoint", postgresql.JSON),
        sa.Column("error_message", sa.String(4096)),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflows.id"], name="fk_executions_workflow_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_executions_user_id", ondelete="CASCADE"),
        sa.CheckConstraint(
            "status IN ('pending', 'running', 'completed', 'failed', 'canceled')",
            name=op.f("ck_executions_status_known"),
        ),
        sa.CheckConstraint(
            "trigger_source IN ('manual', 'webhook', 'schedule', 'retry')",
            name=op.f("ck_executions_trigger_source_known"),
        ),
        sa.CheckConstraint("claims >= 0 AND epoch >= claims", name=op.f("ck_executions_claims_counted")),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (status IN ('completed', 'failed', 'canceled'))",
            name=op.f("ck_executions_finished_when_final"),
        ),
        sa.CheckConstraint(
            "lease_owner IS NULL OR status = 'running'", name=op.f("ck_executions_leased_while_running")
        ),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "ix_executions_workflow_id_created_at_id",
        "executions",
        ["workflow_id", sa.text("created_at DESC"), sa.text("id DESC")],
    )
    op.create_index("ix_executions_user_id", "executions", ["user_id"])
    op.create_index(
        "ix_executions_unfinished",
        "executions",
        ["created_at", "id"],
        postgresql_where=sa.text("status IN ('pending', 'running')"),
    )


def downgrade() -> None:
    op.drop_table("executions")
