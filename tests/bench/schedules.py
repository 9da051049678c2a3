"""What it costs to start a hundred due runs, with a hundred active workflows and with a thousand times as many:
`python -m tests.bench.schedules [workflows]`, each number on an empty database of its own. Fails when many cost more
than `MOST` times as much as few."""

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median

from rich.console import Console
from rich.table import Table

from adapters.postgres.database import Database
from adapters.postgres.migrator import migrate
from adapters.postgres.schedule_statements import CLAIM_DUE
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.system.uuid7_ids import Uuid7Ids
from application.schedules.fire_due_schedules import FireDueSchedules
from tests.contracts.libraries import ADD_USER
from tests.fakes.job_queue import FakeJobQueue
from tests.make import a_user
from tests.postgres import new_database, test_server
from tests.scheduling import TIMETABLES
from tests.unit.application.engine.stage import Pages

DUE = 100
USUAL_SIZE = 100_000
SERIES = 5
ROUNDS = 15
WARMING_UP = 10
MOST = 1.5
"""A look at what is due, with many active workflows, in looks with few: the median of all series."""

ADD_WORKFLOWS = """
INSERT INTO workflows (id, user_id, name, status, nodes, edges)
SELECT gen_random_uuid(), $1, 'W', 'active', json_build_array(json_build_object(
    'id', gen_random_uuid(), 'type', 'schedule-trigger', 'label', 'Hourly', 'position', '{"x": 0, "y": 0}'::json,
    'config', '{"intervalMs": "3600000"}'::json)), '[]'
FROM generate_series(1, $2)
"""
ADD_SCHEDULES = """
INSERT INTO schedules (id, workflow_id, node_id, interval_ms, on_missed, on_overlap, since, next_fire_at)
SELECT gen_random_uuid(), id, 'a', 3600000, 'skip', 'allow', now(),
       now() + interval '2 hours' + random() * interval '1 day'
FROM workflows
"""
SOME_ARE_DUE = """
UPDATE schedules SET next_fire_at = now() - interval '1 second'
WHERE id IN (SELECT id FROM schedules ORDER BY id LIMIT $1)
"""
"""Always the same: those that fired last time would not be due for an hour."""


class Field:
    """A database with so many active workflows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.times: list[float] = []
        """In milliseconds, of all series one after the other."""
        self._fire = FireDueSchedules(
            begin=lambda: PostgresUnitOfWork(database),
            queue=FakeJobQueue(),
            timetables=TIMETABLES,
            ids=Uuid7Ids(),
            log=Pages(),
        )

    async def grow(self, workflows: int) -> None:
        owner = a_user()
        await self.database.rows(ADD_USER, owner.id, owner.email)
        await self.database.rows(ADD_WORKFLOWS, owner.id, workflows)
        await self.database.rows(ADD_SCHEDULES)

    async def fire(self, *, counts: bool) -> None:
        await self.database.rows(SOME_ARE_DUE, DUE)
        begun = time.perf_counter()
        assert await self._fire() == DUE
        if counts:
            self.times.append((time.perf_counter() - begun) * 1000)

    async def plan(self) -> str:
        lines = await self.database.rows(
            "EXPLAIN " + str(CLAIM_DUE).replace(":limit", str(DUE)).replace(":grace", "'1 minute'")
        )
        return "\n".join(line[0] for line in lines)


def ratio(few: Sequence[float], many: Sequence[float]) -> float:
    """By the median of each series, and of those by the median: one bad moment of the machine decides nothing."""
    cuts = range(0, len(few), ROUNDS)
    return median(median(many[cut : cut + ROUNDS]) / median(few[cut : cut + ROUNDS]) for cut in cuts)


async def measure(workflows: int, console: Console) -> bool:
    """Whether many cost little more than few. Both take turns, so that whatever else the machine does meets both."""
    async with AsyncExitStack() as parts:
        server = await parts.enter_async_context(test_server())
        few = await _field(parts, server, DUE)
        many = await _field(parts, server, workflows)
        for field in (few, many):
            for _ in range(WARMING_UP):
                await field.fire(counts=False)
            await field.database.rows("VACUUM ANALYZE")
        for _ in range(SERIES * ROUNDS):
            for field in (few, many):
                await field.fire(counts=True)
        uses_index = "ix_schedules_next_fire_at" in await many.plan()
    table = Table("active workflows", "due", "p50 ms", "worst ms", "found by the index of due times")
    table.add_row(f"{DUE:,}", f"{DUE}", f"{median(few.times):.1f}", f"{max(few.times):.1f}", "")
    table.add_row(f"{workflows:,}", f"{DUE}", f"{median(many.times):.1f}", f"{max(many.times):.1f}", f"{uses_index}")
    console.print(table)
    found = ratio(few.times, many.times)
    console.print(f"a look at what is due: {found:.2f} times the cost with few; {MOST} at most")
    return found <= MOST


async def _field(parts: AsyncExitStack, server: str, workflows: int) -> Field:
    url = await parts.enter_async_context(new_database(server))
    await migrate(url)
    database = Database(url, size=2, statement_seconds=120)
    await database.open()
    parts.push_async_callback(database.close)
    field = Field(database)
    await field.grow(workflows)
    return field


if __name__ == "__main__":
    is_fine = asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else USUAL_SIZE, Console()))
    sys.exit(0 if is_fine else "Looking at what is due has become too dear where there are many workflows")
