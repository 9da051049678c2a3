"""Everything that REX keeps, in memory: a real rollback, real unique keys, real cascades."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from types import TracebackType
from typing import Self

from application.ports.workflow_memory import MemoryEntry
from domain.access_tokens.access_token import AccessToken
from domain.accounts.user import User
from domain.errors import Unavailable
from domain.executions.context import Context
from domain.executions.execution import Execution
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.idempotency.idempotency_key import Remembered
from domain.ids import (
    AccessTokenId,
    CorpusId,
    DocumentId,
    ExecutionId,
    ProviderKeyId,
    ScheduleId,
    UserId,
    WebhookSecretId,
    WorkflowId,
)
from domain.knowledge.corpus import Corpus
from domain.provider_keys.provider_key import ProviderKey
from domain.schedules.tick import Tick
from domain.webhooks.listening import RefusalCount, WebhookRefusal
from domain.webhooks.webhook_secret import WebhookSecret
from domain.workflows.workflow import Workflow
from tests.fakes.clock import FakeClock
from tests.fakes.knowledge_repositories import DocumentRow, FakeCorpusRepository, FakeDocumentRepository
from tests.fakes.repositories import FakeExecutionRepository, FakeUserRepository, FakeWorkflowRepository
from tests.fakes.schedule_repository import FakeScheduleRepository, ScheduleRow
from tests.fakes.secret_repositories import (
    FakeAccessTokenRepository,
    FakeIntentionRepository,
    FakeProviderKeyRepository,
    FakeWebhookRepository,
)


@dataclass
class Rows:
    """Values are frozen, so a copy of the dictionaries is a copy of everything."""

    users: dict[UserId, User] = field(default_factory=dict)
    workflows: dict[WorkflowId, Workflow] = field(default_factory=dict)
    executions: dict[ExecutionId, Execution] = field(default_factory=dict)
    steps: dict[ExecutionId, tuple[Step, ...]] = field(default_factory=dict)
    superseded: dict[ExecutionId, tuple[Step, ...]] = field(default_factory=dict)
    snapshots: dict[ExecutionId, tuple[Snapshot, ...]] = field(default_factory=dict)
    checkpoints: dict[ExecutionId, Context] = field(default_factory=dict)
    access_tokens: dict[AccessTokenId, AccessToken] = field(default_factory=dict)
    provider_keys: dict[ProviderKeyId, ProviderKey] = field(default_factory=dict)
    webhook_secrets: dict[WebhookSecretId, WebhookSecret] = field(default_factory=dict)
    deliveries: dict[tuple[WorkflowId, str], datetime] = field(default_factory=dict)
    refusals: dict[tuple[WorkflowId, WebhookRefusal], RefusalCount] = field(default_factory=dict)
    intentions: dict[tuple[UserId, str, str], Remembered] = field(default_factory=dict)
    workflow_memory: dict[tuple[WorkflowId, str], MemoryEntry] = field(default_factory=dict)
    corpora: dict[CorpusId, Corpus] = field(default_factory=dict)
    corpora_for_runs: dict[CorpusId, bool] = field(default_factory=dict)
    documents: dict[DocumentId, DocumentRow] = field(default_factory=dict)
    schedules: dict[ScheduleId, ScheduleRow] = field(default_factory=dict)
    ticks: dict[tuple[ScheduleId, datetime], Tick] = field(default_factory=dict)
    schedule_backlog: dict[WorkflowId, None] = field(default_factory=dict)

    def copied(self) -> "Rows":
        return Rows(**{each.name: dict(getattr(self, each.name)) for each in fields(self)})

    def forget_workflow(self, workflow_id: WorkflowId) -> None:
        self.workflows.pop(workflow_id, None)
        for execution in [each for each in self.executions.values() if each.workflow_id == workflow_id]:
            self.forget_execution(execution.id)
        for secret in [each for each in self.webhook_secrets.values() if each.workflow_id == workflow_id]:
            del self.webhook_secrets[secret.id]
        self.deliveries = {key: each for key, each in self.deliveries.items() if key[0] != workflow_id}
        self.refusals = {key: each for key, each in self.refusals.items() if key[0] != workflow_id}
        self.workflow_memory = {key: each for key, each in self.workflow_memory.items() if key[0] != workflow_id}
        self.schedule_backlog.pop(workflow_id, None)
        for row in [each for each in self.schedules.values() if each.schedule.workflow_id == workflow_id]:
            self.forget_schedule(row.schedule.id)
        for corpus in [each for each in self.corpora.values() if each.workflow_id == workflow_id]:
            self.forget_corpus(corpus.id)

    def forget_execution(self, execution_id: ExecutionId) -> None:
        self.executions.pop(execution_id, None)
        for key, tick in self.ticks.items():
            if tick.execution_id == execution_id:
                self.ticks[key] = replace(tick, execution_id=None)
        self.steps.pop(execution_id, None)
        self.superseded.pop(execution_id, None)
        self.snapshots.pop(execution_id, None)
        self.checkpoints.pop(execution_id, None)
        for corpus in [each for each in self.corpora.values() if each.execution_id == execution_id]:
            self.forget_corpus(corpus.id)

    def forget_schedule(self, schedule_id: ScheduleId) -> None:
        self.schedules.pop(schedule_id, None)
        self.ticks = {key: each for key, each in self.ticks.items() if key[0] != schedule_id}

    def forget_corpus(self, corpus_id: CorpusId) -> None:
        self.corpora.pop(corpus_id, None)
        self.corpora_for_runs.pop(corpus_id, None)
        self.documents = {key: each for key, each in self.documents.items() if each.document.corpus_id != corpus_id}


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
    access_tokens: FakeAccessTokenRepository
    provider_keys: FakeProviderKeyRepository
    webhooks: FakeWebhookRepository
    intentions: FakeIntentionRepository
    corpora: FakeCorpusRepository
    documents: FakeDocumentRepository
    schedules: FakeScheduleRepository

    def __init__(self, load: Callable[[], Rows], keep: Callable[[Rows], None], now: Callable[[], datetime]) -> None:
        self._load = load
        self._keep = keep
        self._now = now

    async def __aenter__(self) -> Self:
        self._rows = self._load().copied()
        self.users = FakeUserRepository(self._rows)
        self.workflows = FakeWorkflowRepository(self._rows)
        self.executions = FakeExecutionRepository(self._rows, self._now)
        self.access_tokens = FakeAccessTokenRepository(self._rows)
        self.provider_keys = FakeProviderKeyRepository(self._rows)
        self.webhooks = FakeWebhookRepository(self._rows)
        self.intentions = FakeIntentionRepository(self._rows)
        self.corpora = FakeCorpusRepository(self._rows)
        self.documents = FakeDocumentRepository(self._rows)
        self.schedules = FakeScheduleRepository(self._rows, self._now)
        return self

    async def commit(self) -> None:
        self._load()
        self._keep(self._rows.copied())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
