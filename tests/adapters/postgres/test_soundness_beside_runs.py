"""Documents that are half there, and ticks that fired twice, are found as well."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from adapters.postgres.database import Database
from adapters.postgres.soundness import Unsound, unsound_runs
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import Scene, a_scene
from tests.make import a_corpus, a_document

SPACE = "INSERT INTO knowledge_spaces (id, name, dimensions) VALUES (1, 'test', 2)"
CHUNKS = """
WITH chunks AS (
    INSERT INTO knowledge_chunks (id, corpus_id, document_id, chunk_index, content, metadata)
    SELECT gen_random_uuid(), $1, $2, place, 'rye', '{}' FROM generate_series(0, 2) AS place RETURNING id
), vectors AS (
    INSERT INTO knowledge_vectors (chunk_id, space_id, user_id, corpus_id, embedding)
    SELECT chunks.id, 1, corpus.user_id, $1, '[1,0]' FROM chunks, knowledge_corpora AS corpus WHERE corpus.id = $1
), terms AS (
    INSERT INTO knowledge_fresh_terms (chunk_id, corpus_id, length, language, postings)
    SELECT id, $1, 1, 'english', '' FROM chunks
)
UPDATE knowledge_documents SET status = 'ready', chunks_total = 3, chunks_done = 3 WHERE id = $2
"""
SCHEDULE = """
INSERT INTO schedules (id, workflow_id, node_id, interval_ms, on_missed, on_overlap, since)
VALUES ($1, $2, 'a', 60000, 'skip', 'allow', now())
"""
TICK = """
INSERT INTO schedule_ticks (schedule_id, fire_at, until, outcome, execution_id, settled_at)
VALUES ($1, timestamptz '2026-01-01 12:00Z' + $2::int * interval '1 min',
        timestamptz '2026-01-01 12:00Z' + $3::int * interval '1 min', $4, $5, now())
"""
RUN = """
INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_source, trigger_payload, nodes, edges)
VALUES ($1, $2, $3, 1, 'schedule', json_build_object('_scheduledAt', $4::text),
        '[{"id": "a", "type": "schedule-trigger"}]', '[]')
"""
RUN_OF_TWO = """
INSERT INTO executions (id, workflow_id, user_id, workflow_version, trigger_source, trigger_payload, nodes, edges,
                        schedule_id)
VALUES ($1, $2, $3, 1, 'schedule', json_build_object('_scheduledAt', $4::text),
        '[{"id": "a", "type": "schedule-trigger"}, {"id": "b", "type": "schedule-trigger"}]', '[]', $5)
"""

REPLACEMENT_FAILED = """
UPDATE knowledge_documents
SET status = 'failed', error = 'no', next_source_type = 'api', next_title = 'New', next_text = 'new',
    next_metadata = '{}'
WHERE id = $1
"""
UNFOUND_REPLACEMENT = """
WITH gone AS (DELETE FROM knowledge_chunks WHERE document_id = $1)
UPDATE knowledge_documents
SET status = 'pending', next_source_type = 'api', next_title = 'New', next_text = 'new', next_metadata = '{}'
WHERE id = $1
"""


@dataclass(frozen=True)
class Damage:
    done: str
    """With the document as $1."""
    promise: str


ALL_DAMAGE = [
    Damage(
        "UPDATE knowledge_documents SET chunks_total = 4 WHERE id = $1",
        "a document that is ready has all of its chunks and nothing beside them",
    ),
    Damage(
        "INSERT INTO knowledge_staged_chunks (document_id, chunk_index, chunk_id, content, metadata, space_id, "
        "embedding, length, language, postings) "
        "VALUES ($1, 0, gen_random_uuid(), 'rye', '{}', 1, '[1,0]', 1, 'english', '')",
        "a document that is ready has all of its chunks and nothing beside them",
    ),
    Damage(
        "DELETE FROM knowledge_chunks WHERE document_id = $1 AND chunk_index = 1",
        "chunks are numbered without a gap",
    ),
    Damage(
        "UPDATE knowledge_documents SET status = 'failed', error = 'no' WHERE id = $1",
        "nothing is found of a document that failed, but for what it was to take the place of",
    ),
    Damage(
        UNFOUND_REPLACEMENT,
        "a document that waits to take the place of another is found as that one",
    ),
    Damage(
        "DELETE FROM knowledge_vectors USING knowledge_chunks AS chunk "
        "WHERE chunk_id = chunk.id AND document_id = $1 AND chunk_index = 1",
        "a chunk is found by its vector and by its words",
    ),
    Damage(
        "DELETE FROM knowledge_fresh_terms USING knowledge_chunks AS chunk "
        "WHERE chunk_id = chunk.id AND document_id = $1 AND chunk_index = 1",
        "a chunk is found by its vector and by its words",
    ),
    Damage(
        "UPDATE knowledge_documents SET status = 'processing', lease_expires_at = now() - interval '1 hour' "
        "WHERE id = $1",
        "a document that nobody works on is taken over",
    ),
]


async def a_ready_document(scene: Scene) -> UUID:
    corpus = a_corpus(scene.owner)
    document = a_document(corpus)
    async with scene.begin() as work:
        await work.corpora.add(corpus)
        await work.documents.add(document)
        await work.commit()
    await scene.database.rows(CHUNKS, corpus.id, document.id)
    return document.id


async def test_finds_documents_that_are_half_there(url: str, connecting: Connecting) -> None:
    scene = await a_scene(await connecting(url))
    await scene.database.rows(SPACE)
    for damage in ALL_DAMAGE:
        document = await a_ready_document(scene)
        assert await unsound_runs(scene.database) == []
        await scene.database.rows(damage.done, document)
        assert Unsound(document, damage.promise) in await unsound_runs(scene.database)
        await scene.database.rows("DELETE FROM knowledge_documents WHERE id = $1", document)


async def test_finds_nothing_wrong_with_a_text_that_failed_to_take_the_place_of_another(
    url: str, connecting: Connecting
) -> None:
    scene = await a_scene(await connecting(url))
    await scene.database.rows(SPACE)
    document = await a_ready_document(scene)
    await scene.database.rows(REPLACEMENT_FAILED, document)
    assert await unsound_runs(scene.database) == []


async def test_finds_times_that_were_settled_twice(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    schedule = await a_schedule(database)
    await database.rows(TICK, schedule, 0, 3, "missed", None)
    await database.rows(TICK, schedule, 4, None, "missed", None)
    assert await unsound_runs(database) == []
    await database.rows(TICK, schedule, 3, None, "missed", None)
    assert await unsound_runs(database) == [Unsound(schedule, "a schedule settles each time once")]


async def test_finds_a_run_of_two_ticks(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene, schedule, run = await a_scene(database), uuid4(), uuid4()
    await database.rows(SCHEDULE, schedule, scene.workflow.id)
    await database.rows(RUN, run, scene.workflow.id, scene.owner.id, "noon")
    await database.rows(TICK, schedule, 0, None, "fired", run)
    assert await unsound_runs(database) == []
    await database.rows(TICK, schedule, 1, None, "fired", run)
    assert await unsound_runs(database) == [Unsound(run, "a run is that of one tick")]


async def test_finds_two_runs_of_one_schedule_at_one_time_where_a_workflow_has_several(
    url: str, connecting: Connecting
) -> None:
    scene = await a_scene(await connecting(url))
    one, other = uuid4(), uuid4()
    for schedule, time in ((one, "noon"), (other, "noon"), (one, "two")):
        run = uuid4()
        await scene.database.rows(RUN_OF_TWO, run, scene.workflow.id, scene.owner.id, time, schedule)
    assert await unsound_runs(scene.database) == []
    await scene.database.rows(RUN_OF_TWO, uuid4(), scene.workflow.id, scene.owner.id, "two", one)
    assert await unsound_runs(scene.database) == [Unsound(one, "a schedule starts one run for each time")]


async def test_finds_a_tick_whose_run_never_was_and_not_one_whose_run_was_removed(
    url: str, connecting: Connecting
) -> None:
    database = await connecting(url)
    schedule = await a_schedule(database)
    await database.rows(TICK, schedule, 0, None, "fired", None)
    assert await unsound_runs(database) == []
    await database.rows(TICK, schedule, 1, None, "fired", uuid4())
    assert await unsound_runs(database) == [Unsound(schedule, "a tick that fired has its run, until that is removed")]


async def test_finds_a_time_that_started_two_runs(url: str, connecting: Connecting) -> None:
    scene = await a_scene(await connecting(url))
    for time in ("noon", "one", "two"):
        await scene.database.rows(RUN, uuid4(), scene.workflow.id, scene.owner.id, time)
    assert await unsound_runs(scene.database) == []
    await scene.database.rows(RUN, uuid4(), scene.workflow.id, scene.owner.id, "one")
    [found] = await unsound_runs(scene.database)
    assert found.promise == "a time starts one run for each schedule of a workflow"


async def a_schedule(database: Database) -> UUID:
    scene, schedule = await a_scene(database), uuid4()
    await database.rows(SCHEDULE, schedule, scene.workflow.id)
    return schedule
