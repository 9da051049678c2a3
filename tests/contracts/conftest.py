"""Each promise is written once and kept by the fake and by PostgreSQL."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from adapters.postgres.chunk_index import PostgresChunkIndex
from adapters.postgres.database import Database
from adapters.postgres.ingestion_journal import PostgresIngestionJournal
from adapters.postgres.knowledge_reads import PostgresKnowledgeReads
from adapters.postgres.memory_statements import MEMORY_COLUMNS, memory_insert, memory_rows
from adapters.postgres.old_runs import PostgresOldRuns
from adapters.postgres.process_clocks import PostgresProcessClocks
from adapters.postgres.read_models import PostgresAccountReads, PostgresExecutionReads, PostgresWorkflowReads
from adapters.postgres.run_history import PostgresRunHistory
from adapters.postgres.run_journal import PostgresRunJournal
from adapters.postgres.settling import Settling
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.postgres.workflow_memory import PostgresWorkflowMemory
from application.ports.chunk_index import ChunkIndex
from application.ports.ingestion_journal import IngestionJournal
from application.ports.knowledge_reads import KnowledgeReads
from application.ports.old_runs import OldRuns
from application.ports.process_clocks import ProcessClocks
from application.ports.read_models import AccountReads, ExecutionReads, WorkflowReads
from application.ports.run_history import RunHistory
from application.ports.run_journal import RunJournal
from application.ports.unit_of_work import BeginWork
from application.ports.workflow_memory import WorkflowMemory
from domain.executions.durable_memory import DurableWrite
from domain.ids import WorkflowId
from tests.contracts.libraries import ANALYZER
from tests.fakes.ingestion_journal import FakeChunkIndex, FakeIngestionJournal
from tests.fakes.knowledge_reads import FakeKnowledgeReads
from tests.fakes.old_runs import FakeOldRuns
from tests.fakes.process_clocks import FakeProcessClocks
from tests.fakes.read_models import FakeAccountReads, FakeExecutionReads, FakeWorkflowReads
from tests.fakes.run_history import FakeRunHistory
from tests.fakes.run_journal import FakeRunJournal
from tests.fakes.store import FakeStore
from tests.fakes.workflow_memory import FakeWorkflowMemory
from tests.fakes.workflow_memory import remember as keep_in_mind

EXPIRE = "UPDATE executions SET lease_expires_at = now() - interval '1 second' WHERE status = 'running'"
EXPIRE_DOCUMENTS = """
UPDATE knowledge_documents
SET lease_expires_at = CASE WHEN lease_owner IS NULL THEN NULL ELSE now() - interval '1 second' END,
    due_at = due_at - interval '1 hour'
WHERE status IN ('pending', 'processing')
"""

REMEMBER = f"WITH source AS (SELECT $1::uuid AS workflow_id) {memory_insert('source', first=2)}"


@dataclass(frozen=True)
class Keeping:
    """Everything that one kind of store offers.

    `expire_leases` lets an hour pass, as far as leases and waiting documents are concerned. `remember` is what a
    journal does with what a step wrote for later runs. `forget_schedules` makes a workflow one that was saved before
    there were schedules.
    """

    begin: BeginWork
    journal: RunJournal
    accounts: AccountReads
    workflows: WorkflowReads
    executions: ExecutionReads
    history: RunHistory
    old_runs: OldRuns
    memory: WorkflowMemory
    ingestion: IngestionJournal
    index: ChunkIndex
    knowledge: KnowledgeReads
    clocks: ProcessClocks
    remember: Callable[[WorkflowId, Sequence[DurableWrite]], Awaitable[None]]
    expire_leases: Callable[[], Awaitable[None]]
    forget_schedules: Callable[[WorkflowId], Awaitable[None]]


def fake() -> Keeping:
    store = FakeStore()

    async def expire_leases() -> None:
        store.clock.advance(timedelta(hours=1))

    async def remember(workflow_id: WorkflowId, writes: Sequence[DurableWrite]) -> None:
        keep_in_mind(store.rows, workflow_id, writes, at=store.clock.now())

    async def forget_schedules(workflow_id: WorkflowId) -> None:
        for row in [each for each in store.rows.schedules.values() if each.schedule.workflow_id == workflow_id]:
            store.rows.forget_schedule(row.schedule.id)
        store.rows.schedule_backlog[workflow_id] = None

    return Keeping(
        begin=store.begin,
        journal=FakeRunJournal(store),
        accounts=FakeAccountReads(store),
        workflows=FakeWorkflowReads(store),
        executions=FakeExecutionReads(store),
        history=FakeRunHistory(store),
        old_runs=FakeOldRuns(store),
        memory=FakeWorkflowMemory(store),
        ingestion=FakeIngestionJournal(store),
        index=FakeChunkIndex(store),
        knowledge=FakeKnowledgeReads(store),
        clocks=FakeProcessClocks(store.clock),
        remember=remember,
        expire_leases=expire_leases,
        forget_schedules=forget_schedules,
    )


def no_warning(text: str) -> None:
    raise AssertionError(text)


def postgres(database: Database) -> Keeping:
    async def expire_leases() -> None:
        await database.rows(EXPIRE)
        await database.rows(EXPIRE_DOCUMENTS)

    async def remember(workflow_id: WorkflowId, writes: Sequence[DurableWrite]) -> None:
        rows = memory_rows(writes)
        await database.rows(REMEMBER, workflow_id, *([row[name] for row in rows] for name in MEMORY_COLUMNS))

    async def forget_schedules(workflow_id: WorkflowId) -> None:
        await database.rows("DELETE FROM schedules WHERE workflow_id = $1", workflow_id)
        await database.rows("INSERT INTO schedule_backlog (workflow_id) VALUES ($1)", workflow_id)

    return Keeping(
        begin=lambda: PostgresUnitOfWork(database),
        journal=PostgresRunJournal(database, warn=no_warning),
        accounts=PostgresAccountReads(database),
        workflows=PostgresWorkflowReads(database),
        executions=PostgresExecutionReads(database, warn=no_warning),
        history=PostgresRunHistory(database, warn=no_warning),
        old_runs=PostgresOldRuns(database),
        memory=PostgresWorkflowMemory(database),
        ingestion=PostgresIngestionJournal(database),
        index=PostgresChunkIndex(database, ANALYZER, Settling(database)),
        knowledge=PostgresKnowledgeReads(database),
        clocks=PostgresProcessClocks(database),
        remember=remember,
        expire_leases=expire_leases,
        forget_schedules=forget_schedules,
    )


@pytest.fixture(params=["fake", "postgres"])
def store(request: pytest.FixtureRequest, database: Database) -> Keeping:
    return fake() if request.param == "fake" else postgres(database)
