from sqlalchemy import Column, ForeignKey, Index, PrimaryKeyConstraint, String, Table, Uuid

from adapters.postgres.tables.schema import metadata, moment

intentions = Table(
    "intentions",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("place", String(100), nullable=False),
    Column("key", String(255), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("outcome", Uuid, nullable=False),
    moment("created_at"),
    moment("expires_at"),
    PrimaryKeyConstraint("user_id", "place", "key"),
)

Index("ix_intentions_expires_at", intentions.c.expires_at)
