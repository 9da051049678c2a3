"""Everything that REX keeps, in memory: a real rollback, real unique keys, real cascades."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from domain.accounts.user import User
from domain.errors import Unavailable
from domain.executions.context import Context
from domain.executions.execution import Execution
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, UserId, WorkflowId
from domain.workflows.workflow import Workflow
from tests.fakes.clock import FakeClock
from tests.fakes.repositories import FakeExecutionRepository, FakeUserRepository, FakeWorkflowRepository


@dataclass
class Rows:
    """Values are frozen, so a copy of the dictionaries is a copy of everything."""

    users: dict[UserId, User] = field(default_factory=dict)
    workflows: dict[WorkflowId, Workflow] = field(default_factory=dict)
    executions: dict[ExecutionId, Execution] = field(default_factory=dict)
    steps: dict[ExecutionId, tuple[Step, ...]] = field(default_factory=dict)
    snapshots: dict[ExecutionId, tuple[Snapshot, ...]] = field(default_factory=dict)
    checkpoints: dict[ExecutionId, Context] = field(default_factory=dict)

    def copied(self) -> "Rows":
        return Rows(
            users=dict(self.users),
            workflows=dict(self.workflows),
            executions=dict(self.executions),
            steps=dict(self.steps),
            snapshots=dict(self.snapshots),
            checkpoints=dict(self.checkpoints),
        )

    def forget_execution(self, execution_id: ExecutionId) -> None:
        self.executions.pop(execution_id, None)
        self.steps.pop(execution_id, None)
        self.snapshots.pop(execution_id, None)
        self.checkpoints.pop(execution_id, None)


class FakeStore:
    """`clock` judges leases. `is_down` makes every call fail as an outage would; `defect` as a bug would."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self._rows = Rows()
        self.clock = clock or FakeClock()
        self.is_down = False
        self.defect: Exception | None = None

    @property
    def rows(self) -> Rows:
        if self.defect is not None:
            raise self.defect
        if self.is_down:
            raise Unavailable("The store does not answer")
        return self._rows

    def begin(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(lambda: self.rows, self._keep, self.clock.now)

    def _keep(self, rows: Rows) -> None:
        self._rows = rows


class FakeUnitOfWork:
    users: FakeUserRepository
    workflows: FakeWorkflowRepository
    executions: FakeExecutionRepository

    def __init__(self, load: Callable[[], Rows], keep: Callable[[Rows], None], now: Callable[[], datetime]) -> None:
        self._load = load
        self._keep = keep
        self._now = now

    async def __aenter__(self) -> Self:
        self._rows = self._load().copied()
        self.users = FakeUserRepository(self._rows)
        self.workflows = FakeWorkflowRepository(self._rows)
        self.executions = FakeExecutionRepository(self._rows, self._now)
        return self

    async def commit(self) -> None:
        self._load()
        self._keep(self._rows.copied())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
