"""Small stores in memory, for the HTTP API to stand on."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import msgspec

from application.ports.health_probe import Finding
from application.ports.job_queue import Ring
from application.ports.read_models import AccountState, ExecutionState, Page, Paging
from application.ports.token_signer import TokenClaims
from domain.accounts.errors import EmailTaken, InvalidToken, UserNotFound
from domain.accounts.user import User, email_key
from domain.errors import Unavailable
from domain.executions.errors import ExecutionNotFound
from domain.executions.execution import Execution
from domain.ids import ExecutionId, NodeId, UserId, WorkflowId
from domain.values.timestamps import timestamp
from domain.workflows.errors import WorkflowChangedMeanwhile, WorkflowNotFound
from domain.workflows.workflow import Workflow
from entrypoints.http.schemas.workflows import WorkflowRecord


class FakeClock:
    def __init__(self) -> None:
        self._now = datetime(2026, 11, 22, 22, 10, 35, 620_000, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))

    def advance(self, by: timedelta) -> None:
        self._now += by


class FakeIds:
    def user(self) -> UserId:
        return UserId(uuid4())

    def workflow(self) -> WorkflowId:
        return WorkflowId(uuid4())

    def execution(self) -> ExecutionId:
        return ExecutionId(uuid4())


class FakePasswordHasher:
    async def hash(self, password: str) -> str:
        return f"hashed {password}"

    async def verify(self, password: str, hashed: str | None) -> bool:
        return hashed == f"hashed {password}"


class FakeTokenSigner:
    def sign(self, user: User, *, at: datetime) -> str:
        return f"{user.id}.{user.token_version}.{(at + timedelta(days=7)).timestamp()}"

    def read(self, token: str, *, at: datetime) -> TokenClaims:
        try:
            user, version, expires = token.split(".", 2)
            claims = TokenClaims(
                user_id=UserId(UUID(user)),
                version=int(version),
                expires_at=datetime.fromtimestamp(float(expires), UTC),
            )
        except ValueError as refused:
            raise InvalidToken from refused
        if claims.expires_at <= at:
            raise InvalidToken
        return claims


class FakeJobQueue:
    def __init__(self) -> None:
        self.rung: list[Ring] = []

    async def ring(self, ring: Ring) -> None:
        self.rung.append(ring)


class FakeAddresses:
    def is_email(self, text: str) -> bool:
        return "@" in text and ".." not in text


@dataclass
class Rows:
    users: dict[UserId, User] = field(default_factory=dict)
    workflows: dict[WorkflowId, Workflow] = field(default_factory=dict)
    executions: dict[ExecutionId, Execution] = field(default_factory=dict)


class FakeStore:
    def __init__(self) -> None:
        self.rows = Rows()
        self.is_down = False
        self.defect: Exception | None = None

    def begin(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self)

    def answer(self) -> Rows:
        if self.defect:
            raise self.defect
        if self.is_down:
            raise Unavailable("The database does not answer")
        return self.rows


class FakeUnitOfWork:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def __aenter__(self) -> Self:
        self._rows = copy.copy(self._store.answer())
        self._rows = Rows(dict(self._rows.users), dict(self._rows.workflows), dict(self._rows.executions))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def commit(self) -> None:
        self._store.rows = self._rows

    @property
    def users(self) -> "Users":
        return Users(self._rows)

    @property
    def workflows(self) -> "Workflows":
        return Workflows(self._rows)

    @property
    def executions(self) -> "Executions":
        return Executions(self._rows)


@dataclass
class Users:
    rows: Rows

    async def add(self, user: User) -> None:
        if await self.find_by_email(user.email):
            raise EmailTaken
        self.rows.users[user.id] = user

    async def get(self, user_id: UserId) -> User:
        if user_id not in self.rows.users:
            raise UserNotFound
        return self.rows.users[user_id]

    async def find_by_email(self, email: str) -> User | None:
        return next((user for user in self.rows.users.values() if user.email_key == email_key(email)), None)


@dataclass
class Workflows:
    rows: Rows

    async def add(self, workflow: Workflow) -> None:
        if workflow.owner_id not in self.rows.users:
            raise UserNotFound
        self.rows.workflows[workflow.id] = workflow

    async def get(self, workflow_id: WorkflowId, owner_id: UserId) -> Workflow:
        found = self.rows.workflows.get(workflow_id)
        if found is None or found.owner_id != owner_id:
            raise WorkflowNotFound
        return found

    async def save(self, workflow: Workflow, *, was_revision: int) -> None:
        if self.rows.workflows[workflow.id].revision != was_revision:
            raise WorkflowChangedMeanwhile
        self.rows.workflows[workflow.id] = workflow

    async def remove(self, workflow: Workflow) -> None:
        self.rows.workflows.pop(workflow.id, None)


@dataclass
class Executions:
    rows: Rows

    async def add(self, execution: Execution) -> None:
        self.rows.executions[execution.id] = execution

    async def get(self, execution_id: ExecutionId, owner_id: UserId) -> Execution:
        found = self.rows.executions.get(execution_id)
        if found is None or found.owner_id != owner_id:
            raise ExecutionNotFound
        return found

    async def unfinished_of(self, workflow_id: WorkflowId) -> Sequence[Execution]:
        return [
            each
            for each in self.rows.executions.values()
            if each.workflow_id == workflow_id and not each.status.is_final
        ]

    async def claimed_too_often(self, max_claims: int, limit: int) -> Sequence[Execution]:
        return []

    async def recorded_nodes(self, execution_id: ExecutionId) -> Sequence[NodeId]:
        return []

    async def end(self, execution: Execution, *, skipped: Any, snapshots: Any) -> None:
        self.rows.executions[execution.id] = execution


def _page(records: Sequence[Any], paging: Paging) -> Page:
    shown = records[paging.offset : paging.offset + paging.limit]
    return Page(items=msgspec.Raw(msgspec.json.encode(shown)), total=len(records))


@dataclass
class FakeReads:
    store: FakeStore

    async def state(self, user_id: UserId) -> AccountState | None:
        user = self.store.answer().users.get(user_id)
        return AccountState(user_id=user.id, token_version=user.token_version) if user else None


@dataclass
class FakeWorkflowReads:
    store: FakeStore

    async def one(self, workflow_id: WorkflowId, owner_id: UserId) -> msgspec.Raw:
        workflow = await Workflows(self.store.answer()).get(workflow_id, owner_id)
        return msgspec.Raw(msgspec.json.encode(WorkflowRecord.of(workflow)))

    async def mine(self, owner_id: UserId, paging: Paging) -> Page:
        mine = [each for each in self.store.answer().workflows.values() if each.owner_id == owner_id]
        return _page([WorkflowRecord.of(each) for each in mine], paging)


@dataclass
class FakeExecutionReads:
    store: FakeStore

    async def detail(self, execution_id: ExecutionId, owner_id: UserId) -> msgspec.Raw:
        execution = await Executions(self.store.answer()).get(execution_id, owner_id)
        return msgspec.Raw(msgspec.json.encode(_record(execution)))

    async def of_workflow(self, workflow_id: WorkflowId, owner_id: UserId, paging: Paging) -> Page:
        await Workflows(self.store.answer()).get(workflow_id, owner_id)
        return self._listed(lambda each: each.workflow_id == workflow_id, _record, paging)

    async def active(self, owner_id: UserId, paging: Paging) -> Page:
        return self._listed(lambda each: each.owner_id == owner_id and not each.status.is_final, self._active, paging)

    async def status(self, execution_id: ExecutionId, owner_id: UserId) -> ExecutionState:
        raise NotImplementedError

    def _listed(self, wanted: Callable[[Execution], bool], shown: Callable[[Execution], Any], paging: Paging) -> Page:
        return _page([shown(each) for each in self.store.answer().executions.values() if wanted(each)], paging)

    def _active(self, execution: Execution) -> dict[str, Any]:
        workflow = self.store.rows.workflows[execution.workflow_id]
        return {
            "workflowId": workflow.id,
            "workflowName": workflow.name,
            "workflowStatus": workflow.status,
            "executionId": execution.id,
            "executionStatus": execution.status,
            "startedAt": None,
            "createdAt": timestamp(execution.created_at),
        }


def _record(execution: Execution) -> dict[str, Any]:
    return {
        "id": execution.id,
        "workflowId": execution.workflow_id,
        "status": execution.status,
        "triggerPayload": execution.payload,
        "startedAt": None,
        "finishedAt": timestamp(execution.finished_at) if execution.finished_at else None,
        "errorMessage": execution.error_message,
        "createdAt": timestamp(execution.created_at),
    }


class FakeHealthProbe:
    def __init__(self) -> None:
        self.found: Sequence[Finding] = (Finding(name="database", is_up=True),)

    async def findings(self) -> Sequence[Finding]:
        return self.found
