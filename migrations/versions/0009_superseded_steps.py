"""Rounds: what was recorded of nodes that then had to run again, and what each step itself made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    op.add_column("execution_steps", sa.Column("round", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.add_column("execution_steps", sa.Column("produced_keys", postgresql.JSON))
    op.create_check_constraint(op.f("ck_execution_steps_round_counted"), "execution_steps", "round >= 1")
    op.create_table(
        "execution_superseded_steps",
        sa.Column("execution_id", sa.Uuid, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("node_id", sa.String(255), nullable=False),
        sa.Column("node_type", sa.String(100), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("input", postgresql.JSON, nullable=False),
        sa.Column("output", postgresql.JSON),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("error", sa.String(4096)),
        sa.Column("taken_edges", postgresql.JSON, nullable=False),
        sa.Column("produced_keys", postgresql.JSON),
        sa.Column("attempts_made", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("execution_id", "node_id", "round", name="pk_execution_superseded_steps"),
        sa.ForeignKeyConstraint(
            ["execution_id"],
            ["executions.id"],
            name="fk_execution_superseded_steps_execution_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("round >= 1", name=op.f("ck_execution_superseded_steps_round_counted")),
        sa.CheckConstraint(
            "status IN ('completed', 'failed', 'skipped')", name=op.f("ck_execution_superseded_steps_status_known")
        ),
    )


def downgrade() -> None:
    op.drop_table("execution_superseded_steps")
    op.drop_constraint(op.f("ck_execution_steps_round_counted"), "execution_steps")
    op.drop_column("execution_steps", "produced_keys")
    op.drop_column("execution_steps", "round")
