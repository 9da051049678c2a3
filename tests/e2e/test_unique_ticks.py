"""However many schedulers there are and whatever their clocks say: each tick happens, in time, and once.

REX_SOAK_SECONDS lets them fire for longer, up to half a minute.
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import asyncpg

from adapters.postgres.migrator import migrate
from domain.values.timestamps import timestamp
from tests.live import ROOT
from tests.postgres import new_database

SECONDS = min(30, int(float(os.environ.get("REX_SOAK_SECONDS", "6"))))
SCHEDULES = 200
WRONG_BY = ("-1", "-0.5", "0", "0.5", "1")
SECOND = timedelta(seconds=1)

USER = """
INSERT INTO users (id, email, email_key, name, password_hash)
VALUES (gen_random_uuid(), 'ada@example.com', 'ada@example.com', 'Ada', '') RETURNING id
"""
WORKFLOWS = """
INSERT INTO workflows (id, user_id, name, status, nodes, edges)
SELECT gen_random_uuid(), $1, 'W', 'active', '[]', '[]' FROM generate_series(1, $2)
"""
EVERY_SECOND = """
INSERT INTO schedules (id, workflow_id, node_id, cron, timezone, on_missed, on_overlap, since, next_fire_at)
SELECT gen_random_uuid(), id, 'a', '* * * * * *', 'UTC', 'skip', 'allow', now(), $1::timestamptz FROM workflows
"""
WATCH = "ALTER TABLE executions ADD COLUMN written_at timestamptz NOT NULL DEFAULT clock_timestamp()"
BEHIND = "SELECT count(*) FROM schedules WHERE next_fire_at <= $1"
RUNS = """
SELECT workflow_id, trigger_payload ->> '_scheduledAt' AS scheduled_at, trigger_source,
       written_at < (trigger_payload ->> '_scheduledAt')::timestamptz AS is_early
FROM executions WHERE (trigger_payload ->> '_scheduledAt')::timestamptz <= $1
"""
TICKS = """
SELECT s.workflow_id, t.fire_at, t.outcome, e.id IS NOT NULL AS has_run
FROM schedule_ticks AS t JOIN schedules AS s ON s.id = t.schedule_id
LEFT JOIN executions AS e ON e.id = t.execution_id AND e.workflow_id = s.workflow_id
WHERE t.fire_at <= $1
"""


@contextmanager
def schedulers(url: str) -> Iterator[list["subprocess.Popen[str]"]]:
    command = [sys.executable, "-m", "tests.e2e.scheduler", url]
    running = [
        subprocess.Popen([*command, wrong_by], cwd=ROOT, stdout=subprocess.PIPE, text=True) for wrong_by in WRONG_BY
    ]
    try:
        for each in running:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        yield running
    finally:
        for each in running:
            each.kill()
            each.communicate()


async def caught_up(connection: "asyncpg.Connection[asyncpg.Record]", last: datetime) -> None:
    async with asyncio.timeout(SECONDS + 30):
        while await connection.fetchval(BEHIND, last):
            await asyncio.sleep(0.2)


async def test_five_schedulers_whose_clocks_differ_fire_each_tick_once(server: str) -> None:
    async with new_database(server) as url:
        await migrate(url)
        connection = await asyncpg.connect(url)
        await connection.execute(WATCH)
        await connection.execute(WORKFLOWS, await connection.fetchval(USER), SCHEDULES)
        with schedulers(url) as running:
            first = (datetime.now(UTC) + 2 * SECOND).replace(microsecond=0)
            last = first + (SECONDS - 1) * SECOND
            await connection.execute(EVERY_SECOND, first)
            await caught_up(connection, last)
            dealt_with = [stopped(each) for each in running]
        workflows = [row["id"] for row in await connection.fetch("SELECT id FROM workflows")]
        runs, ticks = await connection.fetch(RUNS, last), await connection.fetch(TICKS, last)
        await connection.close()
    moments = [first + at * SECOND for at in range(SECONDS)]
    each_once = Counter((workflow, timestamp(at)) for workflow in workflows for at in moments)
    assert Counter((run["workflow_id"], run["scheduled_at"]) for run in runs) == each_once
    assert Counter((tick["workflow_id"], timestamp(tick["fire_at"])) for tick in ticks) == each_once
    assert {(tick["outcome"], tick["has_run"]) for tick in ticks} == {("fired", True)}
    assert {(run["trigger_source"], run["is_early"]) for run in runs} == {("schedule", False)}
    assert sum(count > 0 for count in dealt_with) >= 3, dealt_with


def stopped(scheduler: "subprocess.Popen[str]") -> int:
    """How many schedules it dealt with."""
    scheduler.terminate()
    said, _ = scheduler.communicate(timeout=20)
    return int(said.splitlines()[-1])
