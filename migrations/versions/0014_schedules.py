"""What fires by itself, and what became of each tick."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"

_WITH_TRIGGERS = """
INSERT INTO schedule_backlog (workflow_id)
SELECT id FROM workflows
WHERE EXISTS (SELECT 1 FROM json_array_elements(nodes) AS node WHERE node ->> 'type' = 'schedule-trigger')
"""
"""Those that were saved before: their schedules are derived by the code that derives all others, once it runs."""


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("workflow_id", sa.Uuid, nullable=False),
        sa.Column("node_id", sa.String(255), nullable=False),
        sa.Column("cron", sa.String(255)),
        sa.Column("timezone", sa.String(255)),
        sa.Column("interval_ms", sa.BigInteger),
        sa.Column("on_missed", sa.String(20), nullable=False),
        sa.Column("on_overlap", sa.String(20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_fire_at", sa.DateTime(timezone=True)),
        sa.Column("paused_at", sa.DateTime(timezone=True)),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        sa.UniqueConstraint("workflow_id", "node_id", name="uq_schedules_workflow_id_node_id"),
        sa.ForeignKeyConstraint(["workflow_id"], ["workflows.id"], name="fk_schedules_workflow_id", ondelete="CASCADE"),
        sa.CheckConstraint(
            "(cron IS NULL) = (timezone IS NULL) AND (cron IS NULL) <> (interval_ms IS NULL)",
            name="ck_schedules_one_specification",
        ),
        sa.CheckConstraint("interval_ms >= 60000", name="ck_schedules_interval_long_enough"),
        sa.CheckConstraint("on_missed IN ('skip', 'latest', 'all')", name="ck_schedules_on_missed_known"),
        sa.CheckConstraint("on_overlap IN ('allow', 'skip')", name="ck_schedules_on_overlap_known"),
    )
    op.create_index(
        "ix_schedules_next_fire_at",
        "schedules",
        ["next_fire_at"],
        postgresql_where=sa.text("next_fire_at IS NOT NULL"),
    )
    op.create_table(
        "schedule_ticks",
        sa.Column("schedule_id", sa.Uuid, nullable=False),
        sa.Column("fire_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("execution_id", sa.Uuid),
        sa.Column("error", sa.String(1000)),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("schedule_id", "fire_at", name="pk_schedule_ticks"),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name="fk_schedule_ticks_schedule_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "outcome IN ('fired', 'missed', 'overlapped', 'paused', 'failed')", name="ck_schedule_ticks_outcome_known"
        ),
        sa.CheckConstraint("(execution_id IS NOT NULL) = (outcome = 'fired')", name="ck_schedule_ticks_run_when_fired"),
    )
    op.create_table(
        "schedule_backlog",
        sa.Column("workflow_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("workflow_id", name="pk_schedule_backlog"),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflows.id"], name="fk_schedule_backlog_workflow_id", ondelete="CASCADE"
        ),
    )
    op.execute(_WITH_TRIGGERS)


def downgrade() -> None:
    op.drop_table("schedule_backlog")
    op.drop_table("schedule_ticks")
    op.drop_table("schedules")
