"""Ids in a row."""

from itertools import count
from uuid import UUID

from domain.ids import (
    AccessTokenId,
    ChunkId,
    CorpusId,
    DocumentId,
    ExecutionId,
    ProviderKeyId,
    ScheduleId,
    UserId,
    WebhookSecretId,
    WorkflowId,
)


class FakeIds:
    """Each new id is greater than the one before."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def _next(self) -> UUID:
        return UUID(int=next(self._numbers) << 64 | 0x4000_8000_0000_0000_0000)

    def user(self) -> UserId:
        return UserId(self._next())

    def access_token(self) -> AccessTokenId:
        return AccessTokenId(self._next())

    def provider_key(self) -> ProviderKeyId:
        return ProviderKeyId(self._next())

    def workflow(self) -> WorkflowId:
        return WorkflowId(self._next())

    def webhook_secret(self) -> WebhookSecretId:
        return WebhookSecretId(self._next())

    def execution(self) -> ExecutionId:
        return ExecutionId(self._next())

    def corpus(self) -> CorpusId:
        return CorpusId(self._next())

    def document(self) -> DocumentId:
        return DocumentId(self._next())

    def chunk(self) -> ChunkId:
        return ChunkId(self._next())

    def drawing(self) -> UUID:
        return self._next()

    def schedule(self) -> ScheduleId:
        return ScheduleId(self._next())
