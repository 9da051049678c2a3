from sqlalchemy import Column, ForeignKey, PrimaryKeyConstraint, String, Table, Uuid

from adapters.postgres.tables.schema import Document, metadata, moment
from domain.executions.durable_memory import LONGEST_KEY

workflow_memory = Table(
    "workflow_memory",
    metadata,
    Column("workflow_id", Uuid, ForeignKey("workflows.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(LONGEST_KEY), nullable=False),
    Column("value", Document, nullable=False),
    moment("updated_at"),
    PrimaryKeyConstraint("workflow_id", "key"),
)
