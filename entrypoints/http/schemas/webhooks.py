"""Webhooks on the wire."""

from uuid import UUID

from msgspec import Struct

from application.webhooks.create_webhook_secret import NewWebhookSecret
from application.webhooks.show_webhook import WebhookState
from domain.values.timestamps import timestamp
from domain.webhooks.listening import Deafness, RefusalCount, WebhookRefusal
from domain.webhooks.webhook_secret import WebhookSecret


class WebhookSecretRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    created_at: str

    @classmethod
    def of(cls, secret: WebhookSecret) -> "WebhookSecretRecord":
        return cls(id=secret.id, created_at=timestamp(secret.created_at))


class WebhookSecretMade(WebhookSecretRecord, rename="camel", kw_only=True):
    """`secret` is what senders sign with. It is never shown again."""

    secret: str

    @classmethod
    def with_text(cls, made: NewWebhookSecret) -> "WebhookSecretMade":
        return cls(id=made.kept.id, created_at=timestamp(made.kept.created_at), secret=made.text)


class WebhookRefusals(Struct, rename="camel", kw_only=True):
    """How often deliveries were turned away for one reason."""

    reason: WebhookRefusal
    count: int
    last_at: str

    @classmethod
    def of(cls, counted: RefusalCount) -> "WebhookRefusals":
        return cls(reason=counted.reason, count=counted.count, last_at=timestamp(counted.last_at))


class WebhookRecord(Struct, rename="camel", kw_only=True):
    """`deafBecause` is null while the workflow listens; `mustBeSigned` tells whether deliveries need a signature."""

    path: str
    listens: bool
    deaf_because: Deafness | None
    must_be_signed: bool
    secrets: list[WebhookSecretRecord]
    refusals: list[WebhookRefusals]

    @classmethod
    def of(cls, state: WebhookState) -> "WebhookRecord":
        return cls(
            path=f"/api/webhooks/{state.workflow_id}",
            listens=state.deafness is None,
            deaf_because=state.deafness,
            must_be_signed=state.must_be_signed,
            secrets=[WebhookSecretRecord.of(each) for each in state.secrets],
            refusals=[WebhookRefusals.of(each) for each in state.refusals],
        )
