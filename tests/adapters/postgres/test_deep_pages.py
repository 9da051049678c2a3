"""A page far down a list is the page that would be there."""

from collections.abc import Awaitable, Callable

import msgspec

from adapters.postgres.database import Database
from adapters.postgres.listings import DEEP
from adapters.postgres.read_models import PostgresExecutionReads, PostgresWorkflowReads
from application.ports.read_models import Page, Paging
from tests.adapters.postgres.scenes import a_scene
from tests.adapters.postgres.test_plans import MANY_WORKFLOWS
from tests.contracts.conftest import no_warning
from tests.contracts.test_paging import ids

WAITING_RUNS = """
INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_payload, nodes, edges, created_at)
SELECT gen_random_uuid(), $1, $2, 1, '{}', '[]', '[]', now() - number / 3 * interval '1 second'
FROM generate_series(1, 1100) AS number
"""
LIMIT = 100


async def test_shows_what_the_pages_before_it_lead_to(database: Database) -> None:
    scene = await a_scene(database)
    await database.rows(WAITING_RUNS, scene.workflow.id, scene.owner.id)
    await database.rows(MANY_WORKFLOWS, scene.owner.id)
    runs, workflows = PostgresExecutionReads(database, warn=no_warning), PostgresWorkflowReads(database)
    lists: list[Callable[[Paging], Awaitable[Page]]] = [
        lambda paging: runs.of_workflow(scene.workflow.id, scene.owner.id, paging),
        lambda paging: runs.active(scene.owner.id, paging),
        lambda paging: workflows.mine(scene.owner.id, paging),
    ]
    for each in lists:
        page = await each(Paging(limit=LIMIT))
        total = page.total
        for _ in range(DEEP // LIMIT):
            page = await each(Paging(limit=LIMIT, after=page.next))
        deep = await each(Paging(limit=LIMIT, page=DEEP // LIMIT + 1))
        assert ids(deep) == ids(page)
        assert (deep.total, deep.next) == (total, page.next)
        beyond = await each(Paging(limit=LIMIT, page=10_000))
        assert (msgspec.json.decode(beyond.items), beyond.total, beyond.next) == ([], total, None)
