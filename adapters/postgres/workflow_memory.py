"""What the runs of a workflow remember, in rows."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from adapters.postgres.database import Database
from adapters.postgres.documents import decoded, encoded
from adapters.postgres.texts import storable
from application.ports.workflow_memory import MemoryEntry, Recalled
from domain.ids import WorkflowId
from domain.values.json import UNDEFINED, Json
from domain.workflows.errors import WorkflowNotFound

RECALL: Final = """
SELECT (SELECT value FROM workflow_memory WHERE workflow_id = $1 AND key = $2) AS value,
       (SELECT count(*) FROM workflow_memory WHERE workflow_id = $1) AS keys
"""
ENTRIES: Final = """
SELECT key, value, updated_at FROM workflow_memory WHERE workflow_id = $1 ORDER BY key COLLATE "C"
"""
KEEP: Final = """
INSERT INTO workflow_memory (workflow_id, key, value, updated_at)
SELECT id, $2, $3::json, now() FROM workflows WHERE id = $1 FOR KEY SHARE
ON CONFLICT (workflow_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
RETURNING key, value, updated_at
"""
CLEAR: Final = "DELETE FROM workflow_memory WHERE workflow_id = $1 RETURNING 1"


class PostgresWorkflowMemory:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, workflow_id: WorkflowId, key: str) -> Recalled:
        row = await self._database.row(RECALL, workflow_id, storable(key))
        assert row is not None
        value = UNDEFINED if row["value"] is None else decoded(row["value"])
        return Recalled(value=value, keys=row["keys"])

    async def entries(self, workflow_id: WorkflowId) -> Sequence[MemoryEntry]:
        return [_entry(row) for row in await self._database.rows(ENTRIES, workflow_id)]

    async def keep(self, workflow_id: WorkflowId, key: str, value: Json) -> MemoryEntry:
        row = await self._database.row(KEEP, workflow_id, storable(key), encoded(value))
        if row is None:
            raise WorkflowNotFound
        return _entry(row)

    async def clear(self, workflow_id: WorkflowId) -> int:
        return len(await self._database.rows(CLEAR, workflow_id))


def _entry(row: asyncpg.Record) -> MemoryEntry:
    return MemoryEntry(key=row["key"], value=decoded(row["value"]), updated_at=row["updated_at"])
