from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from adapters.postgres.tables.schema import identity, metadata, moment, one_of

schedules = Table(
    "schedules",
    metadata,
    identity(),
    Column("workflow_id", Uuid, ForeignKey("workflows.id", ondelete="CASCADE"), nullable=False),
    Column("node_id", String(255), nullable=False),
    Column("cron", String(255)),
    Column("timezone", String(255)),
    Column("interval_ms", BigInteger),
    Column("on_missed", String(20), nullable=False),
    Column("on_overlap", String(20), nullable=False),
    moment("since"),
    moment("next_fire_at", nullable=True),
    moment("paused_at", nullable=True),
    moment("held_until", nullable=True),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("workflow_id", "node_id"),
    CheckConstraint(
        "(cron IS NULL) = (timezone IS NULL) AND (cron IS NULL) <> (interval_ms IS NULL)", name="one_specification"
    ),
    CheckConstraint("interval_ms >= 60000", name="interval_long_enough"),
    one_of("on_missed", ("skip", "latest", "all")),
    one_of("on_overlap", ("allow", "skip")),
)

Index(
    "ix_schedules_next_fire_at",
    schedules.c.next_fire_at,
    postgresql_where=text("next_fire_at IS NOT NULL"),
)

schedule_backlog = Table(
    "schedule_backlog",
    metadata,
    Column("workflow_id", Uuid, ForeignKey("workflows.id", ondelete="CASCADE"), primary_key=True),
)

schedule_ticks = Table(
    "schedule_ticks",
    metadata,
    Column("schedule_id", Uuid, ForeignKey("schedules.id", ondelete="CASCADE"), nullable=False),
    moment("fire_at"),
    moment("until", nullable=True),
    Column("outcome", String(20), nullable=False),
    Column("execution_id", Uuid),
    Column("error", String(1000)),
    moment("settled_at"),
    PrimaryKeyConstraint("schedule_id", "fire_at"),
    one_of("outcome", ("fired", "missed", "overlapped", "paused", "failed")),
    CheckConstraint("execution_id IS NULL OR outcome = 'fired'", name="run_when_fired"),
)

Index(
    "ix_schedule_ticks_execution_id",
    schedule_ticks.c.execution_id,
    postgresql_where=text("execution_id IS NOT NULL"),
)
