"""What a sender and we know, and nobody else."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.ids import WebhookSecretId, WorkflowId

MAX_LIVE = 2
"""Secrets of one workflow at a time: the one in use, and its successor while senders change over."""

PREFIX = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecret:
    """The secret itself is only here sealed; `ring_key` names the key of the ring that sealed it."""

    id: WebhookSecretId
    workflow_id: WorkflowId
    sealed: str = field(repr=False)
    ring_key: str
    created_at: datetime


def binding(workflow_id: WorkflowId) -> str:
    """What a sealed secret is bound to: moved to another workflow, it cannot be opened."""
    return f"webhook-secret:{workflow_id}"
