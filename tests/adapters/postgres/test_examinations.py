"""Each kind of trouble that a database can be in is found, and a sound one is not complained of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from adapters.postgres.database import Database
from adapters.postgres.examinations import (
    OVERDUE,
    ExamineDatabase,
    ExamineFailingSchedules,
    ExaminePgvector,
    ExamineRecords,
    ExamineSpaces,
    ExamineWaiting,
    now_of,
)
from application.ports.embedder import Embedder
from application.ports.examination import Condition, Examination
from domain.errors import Unavailable
from domain.knowledge.embedding_space import EmbeddingSpace
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import a_scene
from tests.make import a_corpus, a_document

HERE = EmbeddingSpace("here", 3)

FAILING = """
WITH schedule AS (
    INSERT INTO schedules (id, workflow_id, node_id, cron, timezone, on_missed, on_overlap, since, next_fire_at,
                           held_until, failures)
    VALUES ($1, $2, 'a', '* * * * *', 'Mars/Phobos', 'skip', 'allow', now(), now() - interval '78 seconds',
            now() + interval '1 minute', 6)
    RETURNING id, next_fire_at
)
INSERT INTO schedule_ticks (schedule_id, fire_at, outcome, error, settled_at)
SELECT id, next_fire_at, 'failed', 'This machine knows no time zone of the name Mars/Phobos', now() FROM schedule
"""


class Nowhere:
    """An embedder that is only asked for its space."""

    space = HERE

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        raise Unavailable

    async def embed_query(self, text: str) -> Sequence[float]:
        raise Unavailable


def waiting(database: Database, check: str) -> ExamineWaiting:
    return ExamineWaiting(database, next(each for each in OVERDUE if each.check == check))


@dataclass(frozen=True)
class Trouble:
    check: str
    done: str


ALL_TROUBLE = [
    Trouble("unclaimed runs", "UPDATE executions SET created_at = now() - interval '1 hour'"),
    Trouble("unclaimed documents", "UPDATE knowledge_documents SET due_at = now() - interval '1 hour'"),
    Trouble(
        "leases of runs",
        "UPDATE executions SET status = 'running', lease_owner = 'w', lease_expires_at = now() - interval '1 hour'",
    ),
    Trouble(
        "leases of documents",
        "UPDATE knowledge_documents SET status = 'processing', lease_owner = 'w', "
        "lease_expires_at = now() - interval '1 hour'",
    ),
    Trouble("clocks of workers", "UPDATE executions SET status = 'completed', finished_at = now() + interval '1 hour'"),
]


@pytest.mark.parametrize("trouble", ALL_TROUBLE, ids=lambda trouble: trouble.check)
async def test_finds_what_has_been_overdue_for_an_hour(database: Database, trouble: Trouble) -> None:
    scene = await a_scene(database)
    await scene.accept(at=datetime.now(UTC))
    corpus = a_corpus(scene.owner)
    async with scene.begin() as work:
        await work.corpora.add(corpus)
        await work.documents.add(a_document(corpus))
        await work.commit()
    await database.rows("UPDATE knowledge_documents SET due_at = now()")
    examine = waiting(database, trouble.check)
    assert [each.condition for each in await examine()] == [Condition.SOUND]
    await database.rows(trouble.done)
    (found,) = await examine()
    assert (found.condition, found.check) == (Condition.TROUBLE, trouble.check)
    assert found.detail.startswith("1 ")
    assert ": 1:00:0" in found.detail.replace("by ", ": ") or "0:59:5" in found.detail
    assert found.remedy


async def test_knows_a_database_that_is_as_it_should_be(database: Database) -> None:
    examinations: Sequence[Examination] = (
        ExamineDatabase(database),
        ExaminePgvector(database),
        ExamineFailingSchedules(database),
        ExamineSpaces(database, embedder()),
        ExamineRecords(database),
    )
    for each in examinations:
        assert {found.condition for found in await each()} == {Condition.SOUND}
    assert abs((await now_of(database) - datetime.now(UTC)).total_seconds()) < 60


async def test_tells_what_keeps_a_schedule_from_firing_however_often_it_is_tried(database: Database) -> None:
    scene, schedule = await a_scene(database), uuid4()
    await database.rows(FAILING, schedule, scene.workflow.id)
    (found,) = await ExamineFailingSchedules(database)()
    assert found.condition is Condition.TROUBLE
    assert str(scene.workflow.id) in found.detail
    assert f"(of {scene.owner.email}) failed 6 times and is 0:01:1" in found.detail
    assert found.detail.endswith("This machine knows no time zone of the name Mars/Phobos")
    (overdue,) = await waiting(database, "schedules")()
    assert (overdue.condition, overdue.detail) == (Condition.SOUND, "none waits for a scheduler")


async def test_finds_a_schema_that_is_not_the_one_and_an_extension_that_is_missing(
    empty: str, connecting: Connecting
) -> None:
    database = await connecting(empty)
    _, schema = await ExamineDatabase(database)()
    assert (schema.check, schema.condition) == ("schema", Condition.TROUBLE)
    assert "rex migrate" in schema.remedy
    (extension,) = await ExaminePgvector(database)()
    assert extension.condition is Condition.TROUBLE


async def test_says_that_a_database_is_not_there() -> None:
    nowhere = Database("postgresql://rex:rex@127.0.0.1:1/rex", size=1, connect_seconds=1)
    found, schema = await ExamineDatabase(nowhere)()
    assert (found.condition, schema.condition) == (Condition.TROUBLE, Condition.UNKNOWN)
    assert "DATABASE_URL" in found.remedy
    await nowhere.close()


async def test_names_corpora_of_another_embedder_and_those_of_several(database: Database) -> None:
    scene = await a_scene(database)
    strange, mixed = a_corpus(scene.owner), a_corpus(scene.owner, name="Other")
    async with scene.begin() as work:
        for corpus in (strange, mixed):
            await work.corpora.add(corpus)
        document = a_document(mixed)
        await work.documents.add(document)
        await work.commit()
    await database.rows("INSERT INTO knowledge_spaces (name, dimensions) VALUES ('here', 3), ('there', 3) "
                        "ON CONFLICT DO NOTHING")  # fmt: skip
    place = "(SELECT id FROM knowledge_spaces WHERE name = '{}' AND dimensions = 3)"
    for corpus, name in ((strange, "there"), (mixed, "here")):
        await database.rows(
            f"UPDATE knowledge_corpora SET space_id = {place.format(name)} WHERE id = $1",  # noqa: S608 - ours
            corpus.id,
        )
    await a_chunk_in(database, "there", mixed.id, document.id)
    first, second = await ExamineSpaces(database, embedder())()
    assert str(strange.id) in first.detail
    assert "there of 3" in first.detail
    assert scene.owner.email in first.detail
    assert str(mixed.id) not in first.detail
    assert str(mixed.id) in second.detail
    assert {first.condition, second.condition} == {Condition.TROUBLE}
    await database.rows("DELETE FROM knowledge_corpora")
    await database.rows("DELETE FROM knowledge_spaces WHERE name IN ('here', 'there')")


async def test_tells_which_promise_is_broken_and_by_which_run(database: Database) -> None:
    scene = await a_scene(database)
    run = await scene.accept()
    await database.rows(
        "UPDATE executions SET status = 'failed', finished_at = now(), error_message = NULL WHERE id = $1", run.id
    )
    found = await ExamineRecords(database)()
    assert any("says why" in each.detail and str(run.id) in each.detail for each in found)
    assert {each.condition for each in found} == {Condition.TROUBLE}


def embedder() -> Embedder:
    return Nowhere()


async def a_chunk_in(database: Database, space: str, corpus_id: object, document_id: object) -> None:
    await database.rows(
        """
        WITH chunk AS (
            INSERT INTO knowledge_chunks (id, corpus_id, document_id, chunk_index, content, metadata)
            VALUES (gen_random_uuid(), $1, $2, 0, 'Rye', '{}') RETURNING id
        )
        INSERT INTO knowledge_vectors (chunk_id, space_id, user_id, corpus_id, embedding)
        SELECT chunk.id, space.id, corpus.user_id, $1, '[1,2,3]'::halfvec
        FROM chunk, knowledge_spaces AS space, knowledge_corpora AS corpus WHERE space.name = $3 AND corpus.id = $1
        """,
        corpus_id,
        document_id,
        space,
    )
