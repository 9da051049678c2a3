"""What a workflow's webhook does with deliveries, and why some were turned away."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.ids import UserId, WorkflowId
from domain.webhooks.listening import Deafness, RefusalCount, deafness
from domain.webhooks.webhook_secret import WebhookSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookState:
    """`deafness` is None when the workflow listens."""

    workflow_id: WorkflowId
    deafness: Deafness | None
    must_be_signed: bool
    secrets: Sequence[WebhookSecret]
    refusals: Sequence[RefusalCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowWebhook:
    """Raise WorkflowNotFound."""

    begin: BeginWork
    takes_unsigned: bool

    async def __call__(self, *, workflow_id: WorkflowId, actor_id: UserId) -> WebhookState:
        async with self.begin() as work:
            workflow = await work.workflows.get(workflow_id, actor_id)
            secrets = await work.webhooks.secrets_of(workflow_id)
            return WebhookState(
                workflow_id=workflow_id,
                deafness=deafness(workflow),
                must_be_signed=bool(secrets) or not self.takes_unsigned,
                secrets=secrets,
                refusals=await work.webhooks.refusals_of(workflow_id),
            )
