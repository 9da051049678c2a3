"""What must never be found in the records, whatever was killed, frozen, stopped or late."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from adapters.postgres.database import Database


@dataclass(frozen=True, slots=True)
class Unsound:
    """A run, or where the promise speaks of such a document or a schedule, the record of which breaks a promise."""

    id: UUID
    promise: str

    @property
    def execution_id(self) -> UUID:
        return self.id


_OVER: Final = "status IN ('completed', 'failed', 'canceled')"

MOST_APART: Final = "10 seconds"
"""Clocks of two machines that anybody works with."""

_OF_RUNS: Final = {
    "each node is on record once": """
        SELECT execution_id FROM execution_steps
        GROUP BY execution_id, node_id HAVING count(*) > 1""",
    "each place in the order is on record once": """
        SELECT execution_id FROM execution_steps
        GROUP BY execution_id, sequence HAVING count(*) > 1""",
    "no node is on record that the graph does not have": """
        SELECT step.execution_id FROM execution_steps AS step JOIN executions AS run ON run.id = step.execution_id
        WHERE step.node_id NOT IN (SELECT node ->> 'id' FROM json_array_elements(run.nodes) AS node)""",
    "a run that is over has every node on record, or none when its graph could not be run": f"""
        SELECT run.id FROM executions AS run
        JOIN (SELECT execution_id, count(*) AS recorded FROM execution_steps GROUP BY execution_id) AS step
          ON step.execution_id = run.id
        WHERE {_OVER} AND recorded <> json_array_length(run.nodes)""",
    "a run that is completed has steps": """
        SELECT run.id FROM executions AS run
        WHERE status = 'completed' AND json_array_length(run.nodes) > 0
          AND NOT EXISTS (SELECT FROM execution_steps WHERE execution_id = run.id)""",
    "a run that is over belongs to nobody and has an end": f"""
        SELECT id FROM executions
        WHERE {_OVER} AND (finished_at IS NULL OR lease_owner IS NOT NULL OR lease_expires_at IS NOT NULL)""",
    "a run ends after it was accepted": f"""
        SELECT id FROM executions WHERE {_OVER} AND finished_at < created_at - interval '{MOST_APART}'""",
    "a run that failed or was canceled says why": """
        SELECT id FROM executions WHERE status IN ('failed', 'canceled') AND coalesce(error_message, '') = ''""",
    "rounds are counted one after the other": """
        SELECT execution_id FROM execution_superseded_steps
        GROUP BY execution_id, node_id HAVING count(*) <> max(round) OR min(round) <> 1""",
    "a node is in the round after those that were discarded": """
        SELECT step.execution_id FROM execution_steps AS step
        WHERE step.round <> 1 + (
            SELECT count(*) FROM execution_superseded_steps AS earlier
            WHERE earlier.execution_id = step.execution_id AND earlier.node_id = step.node_id)""",
    "a run that nobody works on is taken over": """
        SELECT id FROM executions
        WHERE status = 'running' AND coalesce(lease_expires_at, updated_at) < now() - $1::interval""",
}

_OF_DOCUMENTS: Final = {
    "a document that is ready has all of its chunks and nothing beside them": """
        SELECT id FROM knowledge_documents AS document
        WHERE status = 'ready' AND (
            coalesce(chunks_total, 0) <> (SELECT count(*) FROM knowledge_chunks WHERE document_id = document.id)
            OR EXISTS (SELECT FROM knowledge_staged_chunks WHERE document_id = document.id))""",
    "chunks are numbered without a gap": """
        SELECT document_id FROM knowledge_chunks
        GROUP BY document_id HAVING count(*) <> 1 + max(chunk_index)""",
    "nothing is found of a document that failed, but for what it was to take the place of": """
        SELECT id FROM knowledge_documents AS document
        WHERE status = 'failed' AND next_text IS NULL
          AND EXISTS (SELECT FROM knowledge_chunks WHERE document_id = document.id)""",
    "a document that waits to take the place of another is found as that one": """
        SELECT id FROM knowledge_documents AS document
        WHERE next_text IS NOT NULL AND NOT EXISTS (SELECT FROM knowledge_chunks WHERE document_id = document.id)""",
    "a chunk is found by its vector and by its words": """
        SELECT DISTINCT document_id FROM knowledge_chunks AS chunk
        WHERE NOT EXISTS (SELECT FROM knowledge_vectors WHERE chunk_id = chunk.id)
          OR NOT EXISTS (SELECT FROM knowledge_fresh_terms WHERE chunk_id = chunk.id)
         AND NOT EXISTS (SELECT FROM knowledge_ordinals WHERE chunk_id = chunk.id)""",
    "a document that nobody works on is taken over": """
        SELECT id FROM knowledge_documents
        WHERE status = 'processing' AND coalesce(lease_expires_at, due_at) < now() - $1::interval""",
}

_OF_SCHEDULES: Final = {
    "a schedule settles each time once": """
        SELECT DISTINCT one.schedule_id FROM schedule_ticks AS one JOIN schedule_ticks AS other
          ON other.schedule_id = one.schedule_id AND other.fire_at > one.fire_at AND other.fire_at <= one.until""",
    "a run is that of one tick": """
        SELECT execution_id FROM schedule_ticks
        WHERE execution_id IS NOT NULL GROUP BY execution_id HAVING count(*) > 1""",
    "a tick that fired has its run, until that is removed": """
        SELECT schedule_id FROM schedule_ticks AS tick
        WHERE execution_id IS NOT NULL AND NOT EXISTS (SELECT FROM executions WHERE id = tick.execution_id)""",
    "a schedule starts one run for each time": """
        SELECT schedule_id FROM executions WHERE schedule_id IS NOT NULL
        GROUP BY schedule_id, trigger_payload ->> '_scheduledAt' HAVING count(*) > 1""",
    "a time starts one run for each schedule of a workflow": """
        SELECT (array_agg(run.id))[1] FROM executions AS run, LATERAL (
            SELECT count(*) AS number FROM json_array_elements(run.nodes) AS node
            WHERE node ->> 'type' = 'schedule-trigger') AS schedules
        WHERE run.trigger_source = 'schedule'
        GROUP BY run.workflow_id, run.workflow_version, run.trigger_payload ->> '_scheduledAt'
        HAVING count(*) > max(schedules.number)""",
}

_FIND: Final = "\nUNION ALL\n".join(
    f"(SELECT '{promise}' AS promise, broken.* FROM ({query}) AS broken (id))"
    for promise, query in (_OF_RUNS | _OF_DOCUMENTS | _OF_SCHEDULES).items()
)


async def unsound_runs(
    database: Database, *, patience: timedelta = timedelta(minutes=10), most: int = 100
) -> list[Unsound]:
    """What is wrong with runs, with documents and with what schedules started.

    Reads all records, so it is for people who ask and not for every minute. A run or a document may be without an
    owner for as long as `patience`. Raise Unavailable when the database cannot be reached.
    """
    rows = await database.rows(f"{_FIND}\nLIMIT $2", patience, most)
    return [Unsound(row["id"], row["promise"]) for row in rows]
