"""What must never be found in the records of runs, whatever was killed, frozen, stopped or late."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from adapters.postgres.database import Database
from domain.ids import ExecutionId


@dataclass(frozen=True, slots=True)
class Unsound:
    """A run the record of which breaks a promise."""

    execution_id: ExecutionId
    promise: str


_OVER: Final = "status IN ('completed', 'failed', 'canceled')"

_BROKEN: Final = {
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

_FIND: Final = "\nUNION ALL\n".join(
    f"(SELECT '{promise}' AS promise, broken.* FROM ({query}) AS broken (execution_id))"
    for promise, query in _BROKEN.items()
)


async def unsound_runs(
    database: Database, *, patience: timedelta = timedelta(minutes=10), most: int = 100
) -> list[Unsound]:
    """Reads all records, so it is for people who ask and not for every minute.

    A run may be without an owner for as long as `patience`. Raise Unavailable when the database cannot be reached.
    """
    rows = await database.rows(f"{_FIND}\nLIMIT $2", patience, most)
    return [Unsound(ExecutionId(row["execution_id"]), row["promise"]) for row in rows]
