"""Runs of long ago, removed a few at a time."""

from datetime import datetime
from typing import Final

from adapters.postgres.database import Database

# Rows are locked in no other table than those of the runs themselves and of the ticks that started them: what refers
# to a run goes by its own index, and what a run refers to is not asked about when it goes. A corpus may carry the id of
# a run without being its own. Arrays where subqueries would do keep PostgreSQL from reading all runs to find a few.
REMOVE: Final = """
WITH old AS MATERIALIZED (
    SELECT id FROM executions
    WHERE finished_at < $1
    ORDER BY finished_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), kept AS (
    UPDATE knowledge_corpora SET execution_id = NULL
    WHERE execution_id = ANY (ARRAY(SELECT id FROM old)) AND scope_type <> 'execution'
), ticks AS (
    UPDATE schedule_ticks SET execution_id = NULL WHERE execution_id = ANY (ARRAY(SELECT id FROM old))
)
DELETE FROM executions WHERE id = ANY (ARRAY(SELECT id FROM old))
RETURNING 1
"""


class PostgresOldRuns:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def remove(self, *, ended_before: datetime, limit: int) -> int:
        return len(await self._database.rows(REMOVE, ended_before, limit))
