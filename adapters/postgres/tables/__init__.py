"""The schema as SQLAlchemy Core sees it; `migrations` make it, and a test proves that both agree."""

from adapters.postgres.tables import (
    access_tokens,
    accounts,
    executions,
    intentions,
    knowledge,
    knowledge_index,
    process_clocks,
    provider_keys,
    schedules,
    webhooks,
    workflow_memory,
    workflows,
)
from adapters.postgres.tables.schema import metadata

__all__ = [
    "access_tokens",
    "accounts",
    "executions",
    "intentions",
    "knowledge",
    "knowledge_index",
    "metadata",
    "process_clocks",
    "provider_keys",
    "schedules",
    "webhooks",
    "workflow_memory",
    "workflows",
]
