from sqlalchemy import BigInteger, Column, ForeignKey, Index, PrimaryKeyConstraint, String, Table, Text, Uuid, text

from adapters.postgres.tables.schema import identity, metadata, moment

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    identity(),
    Column("workflow_id", Uuid, ForeignKey("workflows.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sealed", Text, nullable=False),
    Column("ring_key", String(100), nullable=False),
    moment("created_at", defaults_to_now=True),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("workflow_id", Uuid, ForeignKey("workflows.id", ondelete="CASCADE"), nullable=False),
    Column("digest", String(64), nullable=False),
    moment("received_at"),
    PrimaryKeyConstraint("workflow_id", "digest"),
)

Index("ix_webhook_deliveries_received_at", webhook_deliveries.c.received_at)

webhook_refusals = Table(
    "webhook_refusals",
    metadata,
    Column("workflow_id", Uuid, ForeignKey("workflows.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("count", BigInteger, nullable=False, server_default=text("1")),
    moment("last_at"),
    PrimaryKeyConstraint("workflow_id", "reason"),
)
