"""Let a secret die that senders no longer sign with."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.ids import UserId, WebhookSecretId, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWebhookSecret:
    """Without the last one, unsigned deliveries are taken again where REX takes them at all.

    Raise WorkflowNotFound or WebhookSecretNotFound.
    """

    begin: BeginWork

    async def __call__(self, *, workflow_id: WorkflowId, secret_id: WebhookSecretId, actor_id: UserId) -> None:
        async with self.begin() as work:
            await work.workflows.get(workflow_id, actor_id)
            await work.webhooks.remove_secret(secret_id, workflow_id)
            await work.commit()
