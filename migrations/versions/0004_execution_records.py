"""What is recorded about a run: steps, attempts, snapshots of its context, retrievals."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.create_table(
        "execution_steps",
        *_record_columns(),
        sa.Column("node_id", sa.String(255), nullable=False),
        sa.Column("node_type", sa.String(100), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("input", postgresql.JSON, nullable=False),
        sa.Column("output", postgresql.JSON),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("error", sa.String(4096)),
        sa.Column("taken_edges", postgresql.JSON, nullable=False),
        _created_at(),
        *_record_constraints("execution_steps"),
        _unique("execution_steps", "execution_id", "sequence"),
        _unique("execution_steps", "execution_id", "node_id"),
        _known("execution_steps", "status", "completed", "failed", "skipped"),
    )
    op.create_table(
        "execution_step_attempts",
        *_record_columns(),
        sa.Column("node_id", sa.String(255), nullable=False),
        sa.Column("node_type", sa.String(100), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(4096)),
        _created_at(),
        *_record_constraints("execution_step_attempts"),
        _unique("execution_step_attempts", "execution_id", "node_id", "attempt"),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_execution_step_attempts_attempt_counted")),
        _known("execution_step_attempts", "status", "completed", "retry", "failed"),
    )
    op.create_index(
        "ix_execution_step_attempts_newest",
        "execution_step_attempts",
        ["execution_id", sa.text("sequence DESC"), sa.text("attempt DESC")],
    )
    op.create_table(
        "execution_context_snapshots",
        *_record_columns(),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("node_id", sa.String(255)),
        sa.Column("node_type", sa.String(100)),
        sa.Column("state", postgresql.JSON, nullable=False),
        _created_at(),
        *_record_constraints("execution_context_snapshots"),
        _unique("execution_context_snapshots", "execution_id", "sequence"),
        _known("execution_context_snapshots", "reason", "init", "step", "final", "error"),
    )
    op.create_table(
        "execution_retrieval_events",
        *_record_columns(),
        sa.Column("node_id", sa.String(255), nullable=False),
        sa.Column("node_type", sa.String(100), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("top_k", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("matches_count", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("error_message", sa.String(4096)),
        sa.Column("scope_type", sa.String(30)),
        sa.Column("corpus_id", sa.Uuid),
        sa.Column("workflow_id_scope", sa.Uuid),
        sa.Column("execution_id_scope", sa.Uuid),
        sa.Column("strategy", sa.String(40)),
        sa.Column("retriever_key", sa.String(100)),
        sa.Column("branch_index", sa.Integer),
        sa.Column("selected", sa.Boolean),
        _created_at(),
        *_record_constraints("execution_retrieval_events"),
        _unique("execution_retrieval_events", "execution_id", "sequence"),
        _known("execution_retrieval_events", "status", "success", "empty", "failed"),
    )


def downgrade() -> None:
    op.drop_table("execution_retrieval_events")
    op.drop_table("execution_context_snapshots")
    op.drop_table("execution_step_attempts")
    op.drop_table("execution_steps")


def _record_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column("execution_id", sa.Uuid, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    ]


def _created_at() -> sa.Column[Any]:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _record_constraints(table: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["executions.id"], name=f"fk_{table}_execution_id", ondelete="CASCADE"
        ),
    ]


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _known(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}_known"))
