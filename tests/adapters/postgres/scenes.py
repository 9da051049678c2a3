"""A user with a workflow and runs, on a real database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.postgres.database import Database
from adapters.postgres.run_journal import PostgresRunJournal
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from application.ports.run_journal import Claim
from domain.accounts.user import User
from domain.executions.execution import Execution
from domain.workflows.workflow import Workflow
from tests.fakes.clock import NOON
from tests.make import a_context, a_snapshot, a_step, a_user, a_workflow, an_execution

LEASE = timedelta(seconds=30)


@dataclass(frozen=True)
class Scene:
    database: Database
    owner: User
    workflow: Workflow
    warnings: list[str]
    journal: PostgresRunJournal

    def begin(self) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self.database)

    async def accept(self, *, at: datetime = NOON) -> Execution:
        run = an_execution(self.workflow, at=at)
        async with self.begin() as work:
            await work.executions.add(run)
            await work.commit()
        return run

    async def claim(self) -> Claim:
        claim = await self.journal.claim("w", lease=LEASE, max_claims=3)
        assert claim is not None
        return claim

    async def record(self, claim: Claim, sequence: int = 1) -> None:
        step = a_step(sequence, f"n{sequence}")
        await self.journal.record(claim, step, checkpoint=a_context(), snapshots=[a_snapshot(sequence)])


async def a_scene(database: Database) -> Scene:
    owner = a_user()
    workflow = a_workflow(owner)
    async with PostgresUnitOfWork(database) as work:
        await work.users.add(owner)
        await work.workflows.add(workflow)
        await work.commit()
    warnings: list[str] = []
    return Scene(database, owner, workflow, warnings, PostgresRunJournal(database, warn=warnings.append))
