"""Webhook secrets, the deliveries that were seen, and how often others were turned away."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("workflow_id", sa.Uuid, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("ring_key", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_secrets"),
        _of_workflow("webhook_secrets"),
    )
    op.create_index("ix_webhook_secrets_workflow_id", "webhook_secrets", ["workflow_id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("workflow_id", sa.Uuid, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workflow_id", "digest", name="pk_webhook_deliveries"),
        _of_workflow("webhook_deliveries"),
    )
    op.create_index("ix_webhook_deliveries_received_at", "webhook_deliveries", ["received_at"])
    op.create_table(
        "webhook_refusals",
        sa.Column("workflow_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workflow_id", "reason", name="pk_webhook_refusals"),
        _of_workflow("webhook_refusals"),
    )


def _of_workflow(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workflow_id"], ["workflows.id"], name=f"fk_{table}_workflow_id", ondelete="CASCADE"
    )


def downgrade() -> None:
    op.drop_table("webhook_refusals")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_secrets")
