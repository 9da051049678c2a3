from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, Uuid

from adapters.postgres.tables.schema import identity, metadata, moment, one_of

provider_keys = Table(
    "provider_keys",
    metadata,
    identity(),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("provider", String(20), nullable=False),
    Column("label", String(255), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("ring_key", String(100), nullable=False),
    moment("created_at", defaults_to_now=True),
    one_of("provider", ("gemini", "groq", "openai")),
)

Index(
    "ix_provider_keys_user_id_created_at_id",
    provider_keys.c.user_id,
    provider_keys.c.created_at.desc(),
    provider_keys.c.id.desc(),
)
