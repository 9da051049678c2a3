"""One transaction, and the repositories that work in it."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.access_token_repository import PostgresAccessTokenRepository
from adapters.postgres.corpus_repository import PostgresCorpusRepository
from adapters.postgres.database import Database
from adapters.postgres.document_repository import PostgresDocumentRepository
from adapters.postgres.execution_repository import PostgresExecutionRepository
from adapters.postgres.intention_repository import PostgresIntentionRepository
from adapters.postgres.provider_key_repository import PostgresProviderKeyRepository
from adapters.postgres.schedule_repository import PostgresScheduleRepository
from adapters.postgres.user_repository import PostgresUserRepository
from adapters.postgres.webhook_repository import PostgresWebhookRepository
from adapters.postgres.workflow_repository import PostgresWorkflowRepository


class PostgresUnitOfWork:
    """Opened by `async with`; whatever is not committed by the end of the block never happened."""

    users: PostgresUserRepository
    workflows: PostgresWorkflowRepository
    executions: PostgresExecutionRepository
    access_tokens: PostgresAccessTokenRepository
    provider_keys: PostgresProviderKeyRepository
    webhooks: PostgresWebhookRepository
    intentions: PostgresIntentionRepository
    corpora: PostgresCorpusRepository
    documents: PostgresDocumentRepository
    schedules: PostgresScheduleRepository

    def __init__(self, database: Database) -> None:
        self._transaction: AbstractAsyncContextManager[AsyncConnection] = database.transaction()
        self._connection: AsyncConnection | None = None

    async def __aenter__(self) -> Self:
        connection = await self._transaction.__aenter__()
        self._connection = connection
        self.users = PostgresUserRepository(connection)
        self.workflows = PostgresWorkflowRepository(connection)
        self.executions = PostgresExecutionRepository(connection)
        self.access_tokens = PostgresAccessTokenRepository(connection)
        self.provider_keys = PostgresProviderKeyRepository(connection)
        self.webhooks = PostgresWebhookRepository(connection)
        self.intentions = PostgresIntentionRepository(connection)
        self.corpora = PostgresCorpusRepository(connection)
        self.documents = PostgresDocumentRepository(connection)
        self.schedules = PostgresScheduleRepository(connection)
        return self

    async def commit(self) -> None:
        assert self._connection is not None, "a unit of work is opened by `async with`"
        await self._connection.commit()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transaction.__aexit__(kind, error, trace)
