from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from adapters.postgres.tables.schema import identity, metadata, moment

access_tokens = Table(
    "access_tokens",
    metadata,
    identity(),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(255), nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    moment("created_at", defaults_to_now=True),
    moment("expires_at", nullable=True),
    moment("last_used_at", nullable=True),
)

Index(
    "ix_access_tokens_user_id_created_at_id",
    access_tokens.c.user_id,
    access_tokens.c.created_at.desc(),
    access_tokens.c.id.desc(),
)
