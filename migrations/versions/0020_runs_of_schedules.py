"""A scheduled run knows its schedule, and a tick forgets a run that was removed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"

CHECK = "ck_schedule_ticks_run_when_fired"
INDEX = "ix_schedule_ticks_execution_id"
REMOVED = "outcome = 'fired' AND NOT EXISTS (SELECT FROM executions WHERE id = execution_id)"


def upgrade() -> None:
    op.add_column("executions", sa.Column("schedule_id", sa.Uuid))
    op.drop_constraint(op.f(CHECK), "schedule_ticks")
    op.execute(f"UPDATE schedule_ticks SET execution_id = NULL WHERE {REMOVED}")  # noqa: S608 - ours
    op.create_check_constraint(op.f(CHECK), "schedule_ticks", "execution_id IS NULL OR outcome = 'fired'")
    op.create_index(INDEX, "schedule_ticks", ["execution_id"], postgresql_where=sa.text("execution_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index(INDEX, "schedule_ticks")
    op.drop_constraint(op.f(CHECK), "schedule_ticks")
    op.execute("DELETE FROM schedule_ticks WHERE outcome = 'fired' AND execution_id IS NULL")
    op.create_check_constraint(op.f(CHECK), "schedule_ticks", "(execution_id IS NOT NULL) = (outcome = 'fired')")
    op.drop_column("executions", "schedule_id")
