"""Runs, and everything that is recorded about them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from adapters.postgres.tables.schema import Document, identity, metadata, moment, one_of, record_identity

executions = Table(
    "executions",
    metadata,
    identity(),
    Column("workflow_id", Uuid, ForeignKey("workflows.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("workflow_version", Integer, nullable=False),
    Column("trigger_source", String(20), nullable=False, server_default=text("'manual'")),
    Column("trigger_payload", Document, nullable=False),
    Column("nodes", Document, nullable=False),
    Column("edges", Document, nullable=False),
    Column("status", String(20), nullable=False, server_default=text("'pending'")),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("claims", Integer, nullable=False, server_default=text("0")),
    Column("lease_owner", String(255)),
    moment("lease_expires_at", nullable=True),
    Column("checkpoint", Document),
    Column("error_message", String(4096)),
    moment("started_at", nullable=True),
    moment("finished_at", nullable=True),
    moment("created_at", defaults_to_now=True),
    moment("updated_at", defaults_to_now=True),
    Column("schedule_id", Uuid),
    one_of("status", ("pending", "running", "completed", "failed", "canceled")),
    one_of("trigger_source", ("manual", "webhook", "schedule", "retry")),
    CheckConstraint("claims >= 0 AND epoch >= claims", name="claims_counted"),
    CheckConstraint(
        "(finished_at IS NOT NULL) = (status IN ('completed', 'failed', 'canceled'))", name="finished_when_final"
    ),
    CheckConstraint("lease_owner IS NULL OR status = 'running'", name="leased_while_running"),
    postgresql_with={"fillfactor": 80},
)

Index(
    "ix_executions_workflow_id_created_at_id",
    executions.c.workflow_id,
    executions.c.created_at.desc(),
    executions.c.id.desc(),
)
Index("ix_executions_user_id", executions.c.user_id)
Index(
    "ix_executions_unfinished",
    executions.c.created_at,
    executions.c.id,
    postgresql_where=text("status IN ('pending', 'running')"),
)
Index(
    "ix_executions_unfinished_by_user",
    executions.c.user_id,
    executions.c.created_at,
    executions.c.id,
    postgresql_where=text("status IN ('pending', 'running')"),
)
Index(
    "ix_executions_running_by_user",
    executions.c.user_id,
    postgresql_where=text("status = 'running'"),
)
Index(
    "ix_executions_finished_at",
    executions.c.finished_at,
    postgresql_where=text("finished_at IS NOT NULL"),
)

execution_steps = Table(
    "execution_steps",
    metadata,
    record_identity(),
    Column("execution_id", Uuid, ForeignKey("executions.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("node_id", String(255), nullable=False),
    Column("node_type", String(100), nullable=False),
    Column("status", String(20), nullable=False),
    Column("input", Document, nullable=False),
    Column("output", Document),
    Column("duration_ms", Integer, nullable=False),
    Column("error", String(4096)),
    Column("taken_edges", Document, nullable=False),
    moment("created_at", defaults_to_now=True),
    Column("round", Integer, nullable=False, server_default=text("1")),
    Column("produced_keys", Document),
    UniqueConstraint("execution_id", "sequence"),
    UniqueConstraint("execution_id", "node_id"),
    CheckConstraint("round >= 1", name="round_counted"),
    one_of("status", ("completed", "failed", "skipped")),
)

execution_superseded_steps = Table(
    "execution_superseded_steps",
    metadata,
    Column("execution_id", Uuid, ForeignKey("executions.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("node_id", String(255), nullable=False),
    Column("node_type", String(100), nullable=False),
    Column("status", String(20), nullable=False),
    Column("input", Document, nullable=False),
    Column("output", Document),
    Column("duration_ms", Integer, nullable=False),
    Column("error", String(4096)),
    Column("taken_edges", Document, nullable=False),
    Column("produced_keys", Document),
    Column("attempts_made", Integer, nullable=False),
    moment("created_at", defaults_to_now=True),
    PrimaryKeyConstraint("execution_id", "node_id", "round"),
    CheckConstraint("round >= 1", name="round_counted"),
    one_of("status", ("completed", "failed", "skipped")),
)

execution_step_attempts = Table(
    "execution_step_attempts",
    metadata,
    record_identity(),
    Column("execution_id", Uuid, ForeignKey("executions.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("node_id", String(255), nullable=False),
    Column("node_type", String(100), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("reason", String(4096)),
    moment("created_at", defaults_to_now=True),
    UniqueConstraint("execution_id", "node_id", "attempt"),
    CheckConstraint("attempt >= 1", name="attempt_counted"),
    one_of("status", ("completed", "retry", "failed")),
)

Index(
    "ix_execution_step_attempts_newest",
    execution_step_attempts.c.execution_id,
    execution_step_attempts.c.sequence.desc(),
    execution_step_attempts.c.attempt.desc(),
)

execution_context_snapshots = Table(
    "execution_context_snapshots",
    metadata,
    record_identity(),
    Column("execution_id", Uuid, ForeignKey("executions.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("node_id", String(255)),
    Column("node_type", String(100)),
    Column("state", Document, nullable=False),
    moment("created_at", defaults_to_now=True),
    UniqueConstraint("execution_id", "sequence"),
    one_of("reason", ("init", "step", "final", "error")),
)

execution_retrieval_events = Table(
    "execution_retrieval_events",
    metadata,
    record_identity(),
    Column("execution_id", Uuid, ForeignKey("executions.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("node_id", String(255), nullable=False),
    Column("node_type", String(100), nullable=False),
    Column("query", Text, nullable=False),
    Column("top_k", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("matches_count", Integer, nullable=False, server_default=text("0")),
    Column("duration_ms", Integer, nullable=False),
    Column("error_message", String(4096)),
    Column("scope_type", String(30)),
    Column("corpus_id", Uuid),
    Column("workflow_id_scope", Uuid),
    Column("execution_id_scope", Uuid),
    Column("strategy", String(40)),
    Column("retriever_key", String(100)),
    Column("branch_index", Integer),
    Column("selected", Boolean),
    moment("created_at", defaults_to_now=True),
    UniqueConstraint("execution_id", "sequence"),
    one_of("status", ("success", "empty", "failed")),
)
