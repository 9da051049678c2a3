"""How far the clock of each process is from that of the database."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    op.create_table(
        "process_clocks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("ahead", sa.Interval, nullable=False),
        sa.Column("uncertain", sa.Interval, nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_clocks")),
    )


def downgrade() -> None:
    op.drop_table("process_clocks")
