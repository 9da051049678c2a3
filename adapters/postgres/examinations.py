"""Whether the database, and what waits in it, is as it should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.postgres.database import Database
from adapters.postgres.health import PostgresHealthProbe
from adapters.postgres.soundness import unsound_runs
from application.ports.embedder import Embedder
from application.ports.examination import Diagnosis
from domain.errors import Unavailable

LEAST_PGVECTOR: Final = (0, 8)
"""Iterative scans, which scoped searches rely on, came with 0.8."""

PGVECTOR: Final = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
NOW: Final = "SELECT clock_timestamp() AS now"


class ExamineDatabase:
    check = "database"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self) -> Sequence[Diagnosis]:
        database, schema = await PostgresHealthProbe(self._database).findings()
        if not database.is_up:
            remedy = "Start PostgreSQL, and check DATABASE_URL: host, port, user, password and name of the database"
            return [
                Diagnosis.trouble(self.check, database.detail, remedy=remedy),
                Diagnosis.unknown("schema", schema.detail),
            ]
        return [Diagnosis.sound(self.check, "answers"), _of_schema(is_at_head=schema.is_up, detail=schema.detail)]


def _of_schema(*, is_at_head: bool, detail: str) -> Diagnosis:
    if is_at_head:
        return Diagnosis.sound("schema", "is the one that this version needs")
    remedy = "Run `rex migrate`; if the database is newer than this REX, install the version that migrated it"
    return Diagnosis.trouble("schema", detail, remedy=remedy)


class ExaminePgvector:
    check = "pgvector"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self) -> Sequence[Diagnosis]:
        row = await self._database.row(PGVECTOR)
        if row is None:
            remedy = "Install pgvector 0.8 or newer on the database server, then run `rex migrate`"
            return [Diagnosis.trouble(self.check, "The extension is not in the database", remedy=remedy)]
        version: str = row["extversion"]
        if tuple(int(each) for each in version.split(".")[:2]) < LEAST_PGVECTOR:
            remedy = "Install pgvector 0.8 or newer on the database server, then: ALTER EXTENSION vector UPDATE"
            return [Diagnosis.trouble(self.check, f"Version {version} is too old", remedy=remedy)]
        return [Diagnosis.sound(self.check, f"version {version}")]


@dataclass(frozen=True, slots=True)
class Overdue:
    """Rows that should not be there for longer than a while. `statement` takes that while, and answers how many rows
    there are and since when, in seconds."""

    check: str
    what: str
    statement: str
    remedy: str
    otherwise: str = "none is overdue"


_WORKER: Final = "Start a worker (`rex worker`), or more of them; if some run, look at their logs"
_SCHEDULER: Final = "Start a scheduler (`rex scheduler`); if one runs, look at its log"

OVERDUE: Final = (
    Overdue(
        "unclaimed runs",
        "wait to be claimed",
        """SELECT count(*), max(extract(epoch FROM now() - created_at)) AS seconds FROM executions
        WHERE status = 'pending' AND created_at < now() - $1::interval""",
        _WORKER,
    ),
    Overdue(
        "unclaimed documents",
        "wait to be ingested",
        """SELECT count(*), max(extract(epoch FROM now() - due_at)) AS seconds FROM knowledge_documents
        WHERE status = 'pending' AND due_at < now() - $1::interval""",
        _WORKER,
    ),
    Overdue(
        "leases of runs",
        "belong to a worker that is gone",
        """SELECT count(*), max(extract(epoch FROM now() - coalesce(lease_expires_at, updated_at))) AS seconds
        FROM executions
        WHERE status = 'running' AND coalesce(lease_expires_at, updated_at) < now() - $1::interval""",
        _WORKER,
    ),
    Overdue(
        "leases of documents",
        "belong to a worker that is gone",
        """SELECT count(*), max(extract(epoch FROM now() - coalesce(lease_expires_at, updated_at))) AS seconds
        FROM knowledge_documents
        WHERE status = 'processing' AND coalesce(lease_expires_at, updated_at) < now() - $1::interval""",
        _WORKER,
    ),
    Overdue(
        "schedules",
        "are due and do not fire",
        """SELECT count(*), max(extract(epoch FROM now() - greatest(next_fire_at, held_until))) AS seconds
        FROM schedules
        WHERE greatest(next_fire_at, held_until) < now() - $1::interval AND next_fire_at IS NOT NULL""",
        _SCHEDULER,
        "none waits for a scheduler",
    ),
    Overdue(
        "clocks of workers",
        "ended in the future: a worker's clock is ahead",
        """SELECT count(*), max(extract(epoch FROM finished_at - now())) AS seconds FROM executions
        WHERE finished_at > now() + least($1::interval, '2 seconds')""",
        "Have all machines keep time by NTP (timedatectl set-ntp true)",
    ),
)


class ExamineWaiting:
    """What is short of a minute is everyday business."""

    def __init__(self, database: Database, overdue: Overdue, patience: timedelta = timedelta(minutes=1)) -> None:
        self._database = database
        self._overdue = overdue
        self._patience = patience

    @property
    def check(self) -> str:
        return self._overdue.check

    async def __call__(self) -> Sequence[Diagnosis]:
        row = await self._database.row(self._overdue.statement, self._patience)
        assert row is not None
        if row["count"] == 0:
            return [Diagnosis.sound(self.check, self._overdue.otherwise)]
        detail = f"{row['count']} {self._overdue.what}; the worst by {timedelta(seconds=int(row['seconds']))}"
        return [Diagnosis.trouble(self.check, detail, remedy=self._overdue.remedy)]


FAILING: Final = """
SELECT s.workflow_id, u.email, s.failures, extract(epoch FROM now() - s.next_fire_at) AS seconds, t.error
FROM schedules AS s JOIN workflows AS w ON w.id = s.workflow_id JOIN users AS u ON u.id = w.user_id
LEFT JOIN schedule_ticks AS t ON t.schedule_id = s.id AND t.fire_at = s.next_fire_at AND t.outcome = 'failed'
WHERE s.failures > 0 AND s.next_fire_at IS NOT NULL
ORDER BY s.next_fire_at LIMIT 21
"""


class ExamineFailingSchedules:
    """A scheduler is there, but what they start cannot be started."""

    check = "failing schedules"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self) -> Sequence[Diagnosis]:
        found = await self._database.rows(FAILING)
        remedy = "Look at the scheduler's log. If the trigger is at fault, save it anew: `rex workflow schedules ID`"
        return [
            Diagnosis.trouble(
                self.check,
                f"One of workflow {row['workflow_id']} (of {row['email']}) failed {row['failures']} times and is "
                f"{timedelta(seconds=int(row['seconds']))} late: {row['error']}",
                remedy=remedy,
            )
            for row in found
        ] or [Diagnosis.sound(self.check, "none fails")]


STRANGE_CORPORA: Final = """
SELECT c.id, u.email, s.name || ' of ' || s.dimensions AS space
FROM knowledge_corpora AS c JOIN knowledge_spaces AS s ON s.id = c.space_id JOIN users AS u ON u.id = c.user_id
WHERE (s.name, s.dimensions) <> ($1, $2)
ORDER BY c.id LIMIT 21
"""
MIXED_CORPORA: Final = """
SELECT c.id, u.email FROM knowledge_corpora AS c JOIN users AS u ON u.id = c.user_id
WHERE c.space_id IS NOT NULL
  AND EXISTS (SELECT FROM knowledge_vectors AS v WHERE v.corpus_id = c.id AND v.space_id <> c.space_id)
ORDER BY c.id LIMIT 21
"""


class ExamineSpaces:
    """Corpora whose vectors the embedder that is set cannot be compared with, and those with vectors of several."""

    check = "embedding spaces"

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder

    async def __call__(self) -> Sequence[Diagnosis]:
        space = self._embedder.space
        strange = await self._database.rows(STRANGE_CORPORA, space.name, space.dimensions)
        mixed = await self._database.rows(MIXED_CORPORA)
        found = []
        if strange:
            named = ", ".join(f"{row['id']} ({row['space']}, of {row['email']})" for row in strange[:20])
            detail = f"The embedder is {space.name} of {space.dimensions}, but not for these corpora: {named}"
            remedy = "Run `rex corpus reembed CORPUS_ID --as EMAIL` for each, or set REX_EMBEDDER back if it changed"
            found.append(Diagnosis.trouble(self.check, detail, remedy=remedy))
        if mixed:
            named = ", ".join(f"{row['id']} (of {row['email']})" for row in mixed[:20])
            detail = f"These corpora have vectors of several embedders: {named}"
            remedy = "Run `rex corpus reembed CORPUS_ID --as EMAIL` for each: it goes on where it was interrupted"
            found.append(Diagnosis.trouble(self.check, detail, remedy=remedy))
        return found or [Diagnosis.sound(self.check, f"all are {space.name} of {space.dimensions}")]


class ExamineRecords:
    """Reads everything: minutes where there are millions of runs."""

    check = "records"
    shown = 5

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self) -> Sequence[Diagnosis]:
        broken: dict[str, list[str]] = {}
        for each in await unsound_runs(self._database):
            broken.setdefault(each.promise, []).append(str(each.execution_id))
        remedy = "Keep the database as it is and report it: this is a defect, or rows were changed by hand"
        found = [
            Diagnosis.trouble(self.check, f"Broken: {promise}; {len(ids)} found: {_first(ids)}", remedy=remedy)
            for promise, ids in broken.items()
        ]
        return found or [Diagnosis.sound(self.check, "every promise is kept")]


def _first(ids: Sequence[str]) -> str:
    return ", ".join(ids[: ExamineRecords.shown]) + (", …" if len(ids) > ExamineRecords.shown else "")


async def now_of(database: Database) -> datetime:
    row = await database.row(NOW)
    if row is None:
        raise Unavailable("The database does not tell the time")
    moment: datetime = row["now"]
    return moment
