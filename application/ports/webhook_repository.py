"""Keeps what webhooks need: secrets, deliveries that were seen, and refusals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import WebhookSecretId, WorkflowId
from domain.webhooks.listening import RefusalCount, WebhookRefusal
from domain.webhooks.webhook_secret import WebhookSecret


class WebhookRepository(Protocol):
    """Whose a workflow is was asked before: nothing here looks at owners."""

    async def add_secret(self, secret: WebhookSecret) -> None:
        """Raise WorkflowNotFound when the workflow is gone, TooManyWebhookSecrets at the limit, also when two come at
        once."""

    async def secrets_of(self, workflow_id: WorkflowId) -> Sequence[WebhookSecret]:
        """Newest first."""

    async def remove_secret(self, secret_id: WebhookSecretId, workflow_id: WorkflowId) -> None:
        """Raise WebhookSecretNotFound."""

    async def secrets_not_sealed_with(
        self, ring_key: str, *, after: WebhookSecretId | None, limit: int
    ) -> Sequence[WebhookSecret]:
        """Secrets of any workflow that another key of the ring sealed, by id from `after` on."""

    async def reseal(self, secret: WebhookSecret, *, was: str) -> None:
        """Replace the sealed text, unless it is not `was` any more or the secret is gone."""

    async def note_delivery(self, workflow_id: WorkflowId, digest: str, *, at: datetime) -> None:
        """Raise DeliveryReplayed when it was noted before, also when both come at once."""

    async def forget_deliveries(self, *, before: datetime, limit: int) -> int:
        """Remove at most `limit` that were noted before a moment; answer how many."""

    async def note_refusal(self, workflow_id: WorkflowId, reason: WebhookRefusal, *, at: datetime) -> None:
        """Count it. A workflow that is gone has no refusals."""

    async def refusals_of(self, workflow_id: WorkflowId) -> Sequence[RefusalCount]:
        """The latest first."""
