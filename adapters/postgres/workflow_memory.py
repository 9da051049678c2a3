"""What the runs of a workflow remember, in rows."""

from collections.abc import Sequence
from typing import Final

from adapters.postgres.database import Database
from adapters.postgres.documents import decoded
from adapters.postgres.texts import storable
from application.ports.workflow_memory import MemoryEntry, Recalled
from domain.ids import WorkflowId
from domain.values.json import UNDEFINED

RECALL: Final = """
SELECT (SELECT value FROM workflow_memory WHERE workflow_id = $1 AND key = $2) AS value,
       (SELECT count(*) FROM workflow_memory WHERE workflow_id = $1) AS keys
"""
ENTRIES: Final = """
SELECT key, value, updated_at FROM workflow_memory WHERE workflow_id = $1 ORDER BY key COLLATE "C"
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
        rows = await self._database.rows(ENTRIES, workflow_id)
        return [MemoryEntry(key=row["key"], value=decoded(row["value"]), updated_at=row["updated_at"]) for row in rows]

    async def clear(self, workflow_id: WorkflowId) -> int:
        return len(await self._database.rows(CLEAR, workflow_id))
