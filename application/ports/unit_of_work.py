"""One use case, one transaction."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from application.ports.access_token_repository import AccessTokenRepository
from application.ports.corpus_repository import CorpusRepository
from application.ports.document_repository import DocumentRepository
from application.ports.execution_repository import ExecutionRepository
from application.ports.intention_repository import IntentionRepository
from application.ports.provider_key_repository import ProviderKeyRepository
from application.ports.schedule_repository import ScheduleRepository
from application.ports.user_repository import UserRepository
from application.ports.webhook_repository import WebhookRepository
from application.ports.workflow_repository import WorkflowRepository


class UnitOfWork(Protocol):
    """All or nothing: leaving the block without `commit` forgets everything.

    Raise Unavailable from any call when the store cannot be reached.
    """

    @property
    def users(self) -> UserRepository: ...
    @property
    def workflows(self) -> WorkflowRepository: ...
    @property
    def executions(self) -> ExecutionRepository: ...
    @property
    def access_tokens(self) -> AccessTokenRepository: ...
    @property
    def provider_keys(self) -> ProviderKeyRepository: ...
    @property
    def webhooks(self) -> WebhookRepository: ...
    @property
    def intentions(self) -> IntentionRepository: ...
    @property
    def corpora(self) -> CorpusRepository: ...
    @property
    def documents(self) -> DocumentRepository: ...
    @property
    def schedules(self) -> ScheduleRepository: ...

    async def commit(self) -> None: ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


BeginWork: TypeAlias = Callable[[], UnitOfWork]
