"""Ids in paths: 8-4-4-4-12 hexadecimal digits in either case. Anything else names nothing that exists."""

import re
from uuid import UUID

from domain.access_tokens.errors import AccessTokenNotFound
from domain.errors import NotFound
from domain.executions.errors import ExecutionNotFound
from domain.ids import (
    AccessTokenId,
    CorpusId,
    DocumentId,
    ExecutionId,
    ProviderKeyId,
    ScheduleId,
    WebhookSecretId,
    WorkflowId,
)
from domain.knowledge.errors import CorpusNotFound, DocumentNotFound
from domain.provider_keys.errors import ProviderKeyNotFound
from domain.schedules.errors import ScheduleNotFound
from domain.webhooks.errors import NobodyListens, WebhookSecretNotFound
from domain.workflows.errors import WorkflowNotFound

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def to_workflow_id(text: str) -> WorkflowId:
    """Raise WorkflowNotFound for what cannot be an id."""
    return WorkflowId(_uuid(text, WorkflowNotFound))


def to_listening_workflow_id(text: str) -> WorkflowId:
    """Raise NobodyListens for what cannot be an id."""
    return WorkflowId(_uuid(text, NobodyListens))


def to_execution_id(text: str) -> ExecutionId:
    """Raise ExecutionNotFound for what cannot be an id."""
    return ExecutionId(_uuid(text, ExecutionNotFound))


def to_provider_key_id(text: str) -> ProviderKeyId:
    """Raise ProviderKeyNotFound for what cannot be an id."""
    return ProviderKeyId(_uuid(text, ProviderKeyNotFound))


def to_access_token_id(text: str) -> AccessTokenId:
    """Raise AccessTokenNotFound for what cannot be an id."""
    return AccessTokenId(_uuid(text, AccessTokenNotFound))


def to_webhook_secret_id(text: str) -> WebhookSecretId:
    """Raise WebhookSecretNotFound for what cannot be an id."""
    return WebhookSecretId(_uuid(text, WebhookSecretNotFound))


def to_schedule_id(text: str) -> ScheduleId:
    """Raise ScheduleNotFound for what cannot be an id."""
    return ScheduleId(_uuid(text, ScheduleNotFound))


def to_corpus_id(text: str) -> CorpusId:
    """Raise CorpusNotFound for what cannot be an id."""
    return CorpusId(_uuid(text, CorpusNotFound))


def to_document_id(text: str) -> DocumentId:
    """Raise DocumentNotFound for what cannot be an id."""
    return DocumentId(_uuid(text, DocumentNotFound))


def _uuid(text: str, refusal: type[NotFound]) -> UUID:
    if not _UUID.fullmatch(text):
        raise refusal
    return UUID(text)
