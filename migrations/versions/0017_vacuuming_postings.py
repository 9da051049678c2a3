"""Postings that were joined to others make room at once: segments that grow rewrite each posting a few times."""

from alembic import op

revision = "0017"
down_revision: str | None = "0016"

AT_ONCE = {"vacuum_threshold": "1000", "vacuum_scale_factor": "0.02", "vacuum_cost_delay": "0"}
TABLES = ("knowledge_postings", "knowledge_fresh_terms")
PLACES = ("", "toast.")


def upgrade() -> None:
    for table in TABLES:
        settings = ", ".join(f"{place}autovacuum_{key} = {value}" for key, value in AT_ONCE.items() for place in PLACES)
        op.execute(f"ALTER TABLE {table} SET ({settings})")


def downgrade() -> None:
    for table in TABLES:
        settings = ", ".join(f"{place}autovacuum_{key}" for key in AT_ONCE for place in PLACES)
        op.execute(f"ALTER TABLE {table} RESET ({settings})")
