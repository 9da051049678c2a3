from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Uuid, text

from adapters.postgres.tables.schema import Document, identity, metadata, moment, one_of

workflows = Table(
    "workflows",
    metadata,
    identity(),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(255), nullable=False),
    Column("description", String(2048), nullable=False, server_default=text("''")),
    Column("status", String(20), nullable=False, server_default=text("'inactive'")),
    Column("nodes", Document, nullable=False),
    Column("edges", Document, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("source_template_id", String(100)),
    Column("source_template_version", Integer),
    Column("source_template_params", Document),
    moment("created_at", defaults_to_now=True),
    moment("updated_at", defaults_to_now=True),
    one_of("status", ("active", "inactive")),
)

Index("ix_workflows_user_id_updated_at_id", workflows.c.user_id, workflows.c.updated_at.desc(), workflows.c.id.desc())
