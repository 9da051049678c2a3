"""How lists, claims and the removal of old runs behave when there is a lot: `python -m tests.bench.archive [runs]`.

The rows are made by SQL in a database of their own: a fifth of all runs belongs to one workflow, the rest to 999
others; each run has two steps, two attempts and three snapshots.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from rich.console import Console
from rich.table import Table

from adapters.postgres.database import Database
from adapters.postgres.migrator import migrate
from adapters.postgres.old_runs import PostgresOldRuns
from adapters.postgres.read_models import PostgresExecutionReads, PostgresWorkflowReads
from adapters.postgres.run_journal import PostgresRunJournal
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.system.system_clock import SystemClock
from application.maintenance.forget_old_runs import ForgetOldRuns
from application.ports.read_models import Paging
from domain.accounts.user import User
from domain.ids import ExecutionId, WorkflowId
from domain.workflows.workflow import Workflow
from tests.make import a_user, a_workflow, an_execution
from tests.postgres import new_database, test_server

RUN_ID: Final = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
"""In the order of time, as those of the application are."""

WORKFLOWS: Final = """
INSERT INTO workflows (id, user_id, name, nodes, edges)
SELECT ('01800000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, 'W', '[]', '[]'
FROM generate_series(1, 999) AS n
"""
RUNS: Final = f"""
INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_payload, nodes, edges, status, epoch,
                        claims, started_at, finished_at, created_at, updated_at)
SELECT {RUN_ID},
       CASE WHEN n % 5 = 0 THEN $1 ELSE ('01800000-0000-7000-8000-' || lpad(to_hex(1 + n % 999), 12, '0'))::uuid END,
       $2, 1, '{{"order":{{"id":"A-7","total":900}}}}', $3::json, $4::json, 'completed', 1, 1, at, at, at, at
FROM (SELECT n, now() - make_interval(secs => ($5 - n) * 7776000.0 / $5) AS at
      FROM generate_series($6::int, $7::int) AS n) AS made
"""  # evenly within 90 days
STEPS: Final = f"""
INSERT INTO execution_steps (execution_id, sequence, node_id, node_type, status, input, output, duration_ms,
                             taken_edges)
SELECT {RUN_ID}, s, 'n' || s, 'output', 'completed', '{{"in":1}}', '{{"out":2}}', 3, '[]'
FROM generate_series($1::int, $2::int) AS n, generate_series(1, 2) AS s
"""
ATTEMPTS: Final = f"""
INSERT INTO execution_step_attempts (execution_id, sequence, node_id, node_type, attempt, status, duration_ms)
SELECT {RUN_ID}, s, 'n' || s, 'output', 1, 'completed', 3
FROM generate_series($1::int, $2::int) AS n, generate_series(1, 2) AS s
"""
SNAPSHOTS: Final = f"""
INSERT INTO execution_context_snapshots (execution_id, sequence, reason, state)
SELECT {RUN_ID}, s, 'step', '{{"memory":{{}},"knowledge":{{}},"meta":{{}}}}'
FROM generate_series($1::int, $2::int) AS n, generate_series(1, 3) AS s
"""
BATCH: Final = 50_000
ROUNDS: Final = 100


@dataclass(frozen=True)
class Archive:
    database: Database
    owner: User
    large: Workflow
    runs: int


async def main(runs: int) -> None:
    console = Console(width=110)
    async with test_server() as server, new_database(server) as url:
        await migrate(url)
        database = Database(url, size=4, statement_seconds=600)
        await database.open()
        try:
            archive = await filled(database, runs)
            await database.rows("VACUUM ANALYZE")
            sizes = await database.row(SIZES)
            assert sizes is not None
            console.print(f"{runs:,} runs; database {sizes['whole']}, executions {sizes['runs']} with indexes")
            console.print(await lists(archive))
            console.print(await claims(archive))
            console.print(await removal(archive))
        finally:
            await database.close()


SIZES: Final = """
SELECT pg_size_pretty(pg_database_size(current_database())) AS whole,
       pg_size_pretty(pg_total_relation_size('executions')) AS runs
"""


async def filled(database: Database, runs: int) -> Archive:
    owner = a_user()
    large = a_workflow(owner)
    async with PostgresUnitOfWork(database) as work:
        await work.users.add(owner)
        await work.workflows.add(large)
        await work.commit()
    await database.rows(WORKFLOWS, owner.id)
    nodes = '[{"id":"n1","type":"output"},{"id":"n2","type":"output"}]'
    for first in range(1, runs + 1, BATCH):
        last = min(first + BATCH - 1, runs)
        await database.rows(RUNS, large.id, owner.id, nodes, "[]", runs, first, last)
        for statement in (STEPS, ATTEMPTS, SNAPSHOTS):
            await database.rows(statement, first, last)
    return Archive(database, owner, large, runs)


async def lists(archive: Archive) -> Table:
    reads = PostgresExecutionReads(archive.database, warn=print)
    workflows = PostgresWorkflowReads(archive.database)
    large, small, owner = archive.large.id, WorkflowId(UUID("01800000-0000-7000-8000-000000000005")), archive.owner.id
    middle = ExecutionId(UUID(f"01900000-0000-7000-8000-{archive.runs // 2:012x}"))
    deep = archive.runs // 200
    seen = (await reads.of_workflow(large, owner, Paging(limit=20, page=deep))).next
    assert seen is not None
    asked = {
        f"runs of a workflow of {archive.runs // 5:,}: first page, counted": lambda: reads.of_workflow(
            large, owner, Paging(limit=20)
        ),
        f"the same, page {deep:,} by number": lambda: reads.of_workflow(large, owner, Paging(limit=20, page=deep)),
        "the same page after a cursor, not counted": lambda: reads.of_workflow(
            large, owner, Paging(limit=20, after=seen)
        ),
        f"runs of a workflow of {archive.runs // 1250:,}: first page, counted": lambda: reads.of_workflow(
            small, owner, Paging(limit=20)
        ),
        "runs that are not over: first page, counted": lambda: reads.active(owner, Paging(limit=20)),
        "1,000 workflows: first page, counted": lambda: workflows.mine(owner, Paging(limit=20)),
        "one run with its records": lambda: reads.detail(middle, owner),
    }
    table = Table("read", "p50 ms", "p99 ms")
    for name, question in asked.items():
        table.add_row(name, *await timed(question))
    return table


async def claims(archive: Archive) -> Table:
    table = Table("claim and hand back", "p50 ms", "p99 ms")
    for waiting in (1, 1_000, 10_000):
        await wait_in_line(archive, waiting)
        journal = PostgresRunJournal(archive.database, warn=print)

        async def claim(journal: PostgresRunJournal = journal) -> None:
            claimed = await journal.claim("bench", lease=timedelta(minutes=1), max_claims=3)
            assert claimed is not None
            await journal.hand_back([claimed])

        table.add_row(f"{waiting:,} waiting", *await timed(claim))
    return table


async def wait_in_line(archive: Archive, runs: int) -> None:
    await archive.database.rows("DELETE FROM executions WHERE status IN ('pending', 'running')")
    async with PostgresUnitOfWork(archive.database) as work:
        for _ in range(runs):
            await work.executions.add(an_execution(archive.large, at=datetime.now(UTC)))
        await work.commit()


async def removal(archive: Archive) -> Table:
    """A third of all runs, while others accept runs one after the other."""
    before = await timed_accepting(archive, asyncio.create_task(asyncio.sleep(5)))
    forget = ForgetOldRuns(runs=PostgresOldRuns(archive.database), clock=SystemClock(), keep=timedelta(days=60))
    began = time.perf_counter()
    removing = asyncio.create_task(forget())
    during = await timed_accepting(archive, removing)
    seconds, removed = time.perf_counter() - began, await removing
    table = Table("accepting a run", "p50 ms", "p99 ms", "max ms")
    table.add_row("nothing else", *before)
    table.add_row(f"while {removed:,} old runs go: {removed / seconds:,.0f} a second", *during)
    return table


async def timed_accepting(archive: Archive, until: "asyncio.Task[object]") -> list[str]:
    taken = []
    while not until.done():
        began = time.perf_counter()
        async with PostgresUnitOfWork(archive.database) as work:
            await work.executions.add(an_execution(archive.large, at=datetime.now(UTC)))
            await work.commit()
        taken.append(1000 * (time.perf_counter() - began))
        await asyncio.sleep(0.01)
    return [*percentiles(taken), f"{max(taken):.1f}"]


async def timed(question: Callable[[], Awaitable[object]]) -> list[str]:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await question()
        taken.append(1000 * (time.perf_counter() - began))
    return percentiles(taken)


def percentiles(taken: list[float]) -> list[str]:
    cuts = statistics.quantiles(taken, n=100)
    return [f"{cuts[49]:.1f}", f"{cuts[98]:.1f}"]


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
