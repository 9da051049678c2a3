from sqlalchemy import Boolean, Column, ForeignKey, Index, PrimaryKeyConstraint, String, Table, Uuid, text

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
    Column("was_there", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("user_id", "place", "key"),
)

Index("ix_intentions_expires_at", intentions.c.expires_at)
