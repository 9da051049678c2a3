"""Runs of long ago go by themselves once somebody says how long to keep them."""

import asyncio
import json

import asyncpg

from adapters.embedded.server import running_address
from tests.live import LiveRex, eventually

ADA = "ada@example.com"
ENDED = """
INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_payload, nodes, edges, status, epoch,
                        claims, finished_at, created_at)
SELECT gen_random_uuid(), id, user_id, 1, '{}', '[]', '[]', 'completed', 1, 1, now() - days * interval '1 day',
       now() - days * interval '1 day'
FROM workflows, unnest(ARRAY[0, 1, 3, 400]) AS days
"""


def asked(rex: LiveRex, statement: str) -> list[int]:
    async def ask() -> list[int]:
        address = running_address(rex.data_dir)
        assert address is not None
        connection = await asyncpg.connect(address.url)
        rows = await connection.fetch(statement)
        await connection.close()
        return [row[0] for row in rows]

    return asyncio.run(ask())


AGES = "SELECT extract(day FROM now() - finished_at)::int AS days FROM executions ORDER BY days"


def test_removes_what_has_been_over_for_longer_than_the_setting_says() -> None:
    with LiveRex.fresh() as rex:
        rex.cli("user", "create", ADA, "--name", "Ada", "--password-stdin", stdin="correct horse battery\n")
        drawn = rex.cli("workflow", "create", "examples/route-orders.json", "--as", ADA, "-o", "json")
        assert json.loads(drawn.stdout)["id"]
        asked(rex, ENDED)
        assert asked(rex, AGES) == [0, 1, 3, 400]
        rex.stop()
        rex.set(REX_RETENTION="2d")
        rex.start()
        eventually(lambda: asked(rex, AGES) == [0, 1], within=20, what="old runs are gone")
