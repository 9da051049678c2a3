"""Make a secret with which senders sign."""

from dataclasses import dataclass, field

from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.secret_box import SecretBox
from application.ports.secret_generator import SecretGenerator
from application.ports.unit_of_work import BeginWork
from domain.ids import UserId, WorkflowId
from domain.webhooks.webhook_secret import PREFIX, WebhookSecret, binding


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhookSecret:
    """`text` is what senders sign with; it is shown this once."""

    kept: WebhookSecret
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateWebhookSecret:
    """From the first one on, unsigned deliveries are refused. Raise WorkflowNotFound or TooManyWebhookSecrets."""

    begin: BeginWork
    box: SecretBox
    secrets: SecretGenerator
    clock: Clock
    ids: IdGenerator

    async def __call__(self, *, workflow_id: WorkflowId, actor_id: UserId) -> NewWebhookSecret:
        text = PREFIX + self.secrets.new()
        sealed = self.box.seal(text, binding=binding(workflow_id))
        kept = WebhookSecret(
            id=self.ids.webhook_secret(),
            workflow_id=workflow_id,
            sealed=sealed.text,
            ring_key=sealed.ring_key,
            created_at=self.clock.now(),
        )
        async with self.begin() as work:
            await work.workflows.get(workflow_id, actor_id)
            await work.webhooks.add_secret(kept)
            await work.commit()
        return NewWebhookSecret(kept=kept, text=text)
