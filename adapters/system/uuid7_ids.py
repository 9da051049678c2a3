"""Ids that grow with time (RFC 9562, version 7)."""

from uuid import UUID

from uuid_utils.compat import uuid7

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


class Uuid7Ids:
    def user(self) -> UserId:
        return UserId(uuid7())

    def access_token(self) -> AccessTokenId:
        return AccessTokenId(uuid7())

    def provider_key(self) -> ProviderKeyId:
        return ProviderKeyId(uuid7())

    def workflow(self) -> WorkflowId:
        return WorkflowId(uuid7())

    def webhook_secret(self) -> WebhookSecretId:
        return WebhookSecretId(uuid7())

    def execution(self) -> ExecutionId:
        return ExecutionId(uuid7())

    def corpus(self) -> CorpusId:
        return CorpusId(uuid7())

    def document(self) -> DocumentId:
        return DocumentId(uuid7())

    def chunk(self) -> ChunkId:
        return ChunkId(uuid7())

    def drawing(self) -> UUID:
        return uuid7()

    def schedule(self) -> ScheduleId:
        return ScheduleId(uuid7())
