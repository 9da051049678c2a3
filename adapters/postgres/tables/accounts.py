from sqlalchemy import Column, Integer, String, Table, text

from adapters.postgres.tables.schema import identity, metadata, moment

users = Table(
    "users",
    metadata,
    identity(),
    Column("email", String(255), nullable=False),
    Column("email_key", String(255), nullable=False, unique=True),
    Column("name", String(255), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("token_version", Integer, nullable=False, server_default=text("1")),
    moment("created_at", defaults_to_now=True),
    moment("updated_at", defaults_to_now=True),
)
