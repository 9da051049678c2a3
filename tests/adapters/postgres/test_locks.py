"""What happens at once: who waits for whom, and who wins."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.postgres.database import Database
from adapters.postgres.document_repository import PostgresDocumentRepository
from domain.accounts.errors import EmailTaken
from domain.executions.errors import LeaseLost
from domain.knowledge.document import Document
from domain.workflows.errors import WorkflowChangedMeanwhile, WorkflowNotFound
from tests.adapters.postgres.scenes import LEASE, a_scene
from tests.fakes.clock import NOON
from tests.make import a_corpus, a_document, a_user, an_execution

SHORT = 0.1


async def is_waiting(task: "asyncio.Task[None]") -> bool:
    await asyncio.sleep(SHORT)
    return not task.done()


async def test_claims_past_a_run_that_somebody_holds(database: Database) -> None:
    scene = await a_scene(database)
    oldest, next_one = await scene.accept(), await scene.accept(at=NOON + timedelta(seconds=1))
    async with scene.begin() as work:
        await work.executions.get(oldest.id, scene.owner.id)
        async with asyncio.timeout(2):
            assert (await scene.claim()).execution_id == next_one.id
            assert await scene.journal.claim("w", lease=LEASE, max_claims=3) is None
    assert (await scene.claim()).execution_id == oldest.id


async def test_lets_a_stop_that_came_first_win_over_a_record(database: Database) -> None:
    scene = await a_scene(database)
    run = await scene.accept()
    claim = await scene.claim()
    async with scene.begin() as work:
        stopped = (await work.executions.get(run.id, scene.owner.id)).stopped(at=NOON)
        record = asyncio.create_task(scene.record(claim))
        assert await is_waiting(record)
        assert await work.executions.recorded_nodes(run.id) == []
        await work.executions.end(stopped, skipped=(), snapshots=())
        await work.commit()
    with pytest.raises(LeaseLost):
        await record
    async with scene.begin() as work:
        assert await work.executions.recorded_nodes(run.id) == []


async def test_keeps_a_text_although_the_document_that_had_it_is_removed_in_that_moment(database: Database) -> None:
    scene = await a_scene(database)
    corpus = a_corpus(scene.owner)
    going, coming = a_document(corpus), a_document(corpus)
    async with scene.begin() as work:
        await work.corpora.add(corpus)
        await work.documents.add(going)
        await work.commit()

    class InThatMoment(PostgresDocumentRepository):
        async def _added(self, document: Document, *, allows_duplicate: bool, is_duplicate: bool = False) -> bool:
            is_added = await super()._added(document, allows_duplicate=allows_duplicate, is_duplicate=is_duplicate)
            async with scene.begin() as other:
                await other.documents.remove(going.id)
                await other.commit()
            return is_added

    async with database.transaction() as connection:
        kept = await InThatMoment(connection).add(coming)
        await connection.commit()
    assert (kept.document_id, kept.is_known) == (coming.id, False)


async def test_gives_an_address_to_one_of_two_who_want_it_at_once(database: Database) -> None:
    scene = await a_scene(database)

    async def also() -> None:
        async with scene.begin() as work:
            await work.users.add(a_user("GRACE@example.com"))
            await work.commit()

    async with scene.begin() as first:
        await first.users.add(a_user("grace@example.com"))
        second = asyncio.create_task(also())
        assert await is_waiting(second)
        await first.commit()
    with pytest.raises(EmailTaken):
        await second


async def test_saves_one_of_two_changes_to_the_same_revision(database: Database) -> None:
    scene = await a_scene(database)
    changed = replace(scene.workflow, name="Changed").saved(at=NOON)

    async def also() -> None:
        async with scene.begin() as work:
            await work.workflows.save(changed, was_revision=scene.workflow.revision)
            await work.commit()

    async with scene.begin() as first:
        await first.workflows.save(changed, was_revision=scene.workflow.revision)
        second = asyncio.create_task(also())
        assert await is_waiting(second)
        await first.commit()
    with pytest.raises(WorkflowChangedMeanwhile):
        await second


async def test_accepts_no_run_of_a_workflow_that_is_being_removed(database: Database) -> None:
    scene = await a_scene(database)

    async def also() -> None:
        async with scene.begin() as work:
            await work.executions.add(an_execution(scene.workflow))
            await work.commit()

    async with scene.begin() as first:
        await first.workflows.remove(scene.workflow)
        second = asyncio.create_task(also())
        assert await is_waiting(second)
        await first.commit()
    with pytest.raises(WorkflowNotFound):
        await second
