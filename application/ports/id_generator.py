"""New ids."""

from typing import Protocol
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


class IdGenerator(Protocol):
    """Ids are unique and grow with time, so that rows made together lie together."""

    def user(self) -> UserId: ...
    def access_token(self) -> AccessTokenId: ...
    def provider_key(self) -> ProviderKeyId: ...
    def workflow(self) -> WorkflowId: ...
    def webhook_secret(self) -> WebhookSecretId: ...
    def execution(self) -> ExecutionId: ...
    def corpus(self) -> CorpusId: ...
    def document(self) -> DocumentId: ...
    def chunk(self) -> ChunkId: ...

    def drawing(self) -> UUID:
        """The seed from which the ids of one drawn graph follow."""

    def schedule(self) -> ScheduleId: ...
