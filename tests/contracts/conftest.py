"""Each promise is written once and kept by the fake and by PostgreSQL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from adapters.postgres.database import Database
from adapters.postgres.read_models import PostgresAccountReads, PostgresExecutionReads, PostgresWorkflowReads
from adapters.postgres.run_journal import PostgresRunJournal
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from application.ports.read_models import AccountReads, ExecutionReads, WorkflowReads
from application.ports.run_journal import RunJournal
from application.ports.unit_of_work import BeginWork
from tests.fakes.read_models import FakeAccountReads, FakeExecutionReads, FakeWorkflowReads
from tests.fakes.run_journal import FakeRunJournal
from tests.fakes.store import FakeStore

EXPIRE = "UPDATE executions SET lease_expires_at = now() - interval '1 second' WHERE status = 'running'"


@dataclass(frozen=True)
class Keeping:
    """Everything that one kind of store offers. `expire_leases` lets time pass, as far as leases are concerned."""

    begin: BeginWork
    journal: RunJournal
    accounts: AccountReads
    workflows: WorkflowReads
    executions: ExecutionReads
    expire_leases: Callable[[], Awaitable[None]]


def fake() -> Keeping:
    store = FakeStore()

    async def expire_leases() -> None:
        store.clock.advance(timedelta(hours=1))

    return Keeping(
        begin=store.begin,
        journal=FakeRunJournal(store),
        accounts=FakeAccountReads(store),
        workflows=FakeWorkflowReads(store),
        executions=FakeExecutionReads(store),
        expire_leases=expire_leases,
    )


def no_warning(text: str) -> None:
    raise AssertionError(text)


def postgres(database: Database) -> Keeping:
    async def expire_leases() -> None:
        await database.rows(EXPIRE)

    return Keeping(
        begin=lambda: PostgresUnitOfWork(database),
        journal=PostgresRunJournal(database, warn=no_warning),
        accounts=PostgresAccountReads(database),
        workflows=PostgresWorkflowReads(database),
        executions=PostgresExecutionReads(database, warn=no_warning),
        expire_leases=expire_leases,
    )


@pytest.fixture(params=["fake", "postgres"])
def store(request: pytest.FixtureRequest, database: Database) -> Keeping:
    return fake() if request.param == "fake" else postgres(database)
