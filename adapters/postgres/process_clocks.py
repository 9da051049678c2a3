"""Clocks of processes in rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from adapters.postgres.database import Database
from adapters.postgres.examinations import now_of
from application.ports.process_clocks import ClockReading

KEEP: Final = """
WITH forgotten AS (
    DELETE FROM process_clocks WHERE heard_at < now() - interval '1 day' AND id <> $1
)
INSERT INTO process_clocks (id, name, ahead, uncertain) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET ahead = excluded.ahead, uncertain = excluded.uncertain, heard_at = now()
"""
HEARD: Final = """
SELECT id, name, ahead, uncertain FROM process_clocks
WHERE heard_at > now() - $1::interval
ORDER BY ahead DESC, id
"""


class PostgresProcessClocks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> datetime:
        return await now_of(self._database)

    async def keep(self, reading: ClockReading) -> None:
        await self._database.rows(KEEP, reading.id, reading.name[:255], reading.ahead, reading.uncertain)

    async def heard_within(self, period: timedelta) -> Sequence[ClockReading]:
        return [ClockReading(**row) for row in await self._database.rows(HEARD, period)]
