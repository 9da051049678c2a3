from sqlalchemy import Column, Interval, String, Table

from adapters.postgres.tables.schema import identity, metadata, moment

process_clocks = Table(
    "process_clocks",
    metadata,
    identity(),
    Column("name", String(255), nullable=False),
    Column("ahead", Interval, nullable=False),
    Column("uncertain", Interval, nullable=False),
    moment("heard_at", defaults_to_now=True),
)
