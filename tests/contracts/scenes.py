"""What has to be there before a test can begin."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.run_journal import Claim
from domain.accounts.user import User
from domain.executions.execution import Execution
from domain.values.json import JsonObject
from domain.workflows.graph import Graph
from domain.workflows.workflow import Workflow
from tests.contracts.conftest import Keeping
from tests.fakes.clock import NOON
from tests.make import a_graph, a_user, a_workflow, an_execution

LEASE = timedelta(seconds=30)


@dataclass(frozen=True)
class Scene:
    """A user with a workflow, in a store."""

    store: Keeping
    owner: User
    workflow: Workflow

    async def accept(self, payload: JsonObject | None = None, *, at: datetime = NOON) -> Execution:
        run = an_execution(self.workflow, payload, at=at)
        async with self.store.begin() as work:
            await work.executions.add(run)
            await work.commit()
        return run

    async def claim(self, worker: str = "w1", *, max_claims: int = 3) -> Claim:
        claim = await self.store.journal.claim(worker, lease=LEASE, max_claims=max_claims)
        assert claim is not None
        return claim

    async def stored(self, run: Execution) -> Execution:
        async with self.store.begin() as work:
            return await work.executions.get(run.id, self.owner.id)

    async def stop(self, run: Execution) -> None:
        async with self.store.begin() as work:
            locked = await work.executions.get(run.id, self.owner.id)
            await work.executions.end(locked.stopped(at=NOON), skipped=(), snapshots=())
            await work.commit()


async def a_scene(store: Keeping, email: str = "ada@example.com", graph: Graph | None = None) -> Scene:
    owner = a_user(email)
    workflow = a_workflow(owner, graph=graph or a_graph("a>b", "b>c"))
    async with store.begin() as work:
        await work.users.add(owner)
        await work.workflows.add(workflow)
        await work.commit()
    return Scene(store, owner, workflow)


async def somebody(store: Keeping, email: str = "ada@example.com") -> User:
    user = a_user(email)
    async with store.begin() as work:
        await work.users.add(user)
        await work.commit()
    return user
