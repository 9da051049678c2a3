"""What webhooks need, in rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import translated_refusals
from adapters.postgres.owners import locked_workflow
from adapters.postgres.tables.webhooks import webhook_deliveries, webhook_refusals, webhook_secrets
from adapters.postgres.tables.workflows import workflows
from domain.ids import WebhookSecretId, WorkflowId
from domain.webhooks.errors import DeliveryReplayed, TooManyWebhookSecrets, WebhookSecretNotFound
from domain.webhooks.listening import RefusalCount, WebhookRefusal
from domain.webhooks.webhook_secret import MAX_LIVE, WebhookSecret

_SECRETS = webhook_secrets.c


class PostgresWebhookRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_secret(self, secret: WebhookSecret) -> None:
        await locked_workflow(self._connection, secret.workflow_id)
        if len(await self.secrets_of(secret.workflow_id)) >= MAX_LIVE:
            raise TooManyWebhookSecrets
        await self._connection.execute(insert(webhook_secrets), _as_row(secret))

    async def secrets_of(self, workflow_id: WorkflowId) -> Sequence[WebhookSecret]:
        live = select(webhook_secrets).where(_SECRETS.workflow_id == workflow_id)
        found = await self._connection.execute(live.order_by(_SECRETS.created_at.desc(), _SECRETS.id.desc()))
        return [_from_row(row) for row in found]

    async def remove_secret(self, secret_id: WebhookSecretId, workflow_id: WorkflowId) -> None:
        its = (_SECRETS.id == secret_id, _SECRETS.workflow_id == workflow_id)
        if (await self._connection.execute(delete(webhook_secrets).where(*its))).rowcount == 0:
            raise WebhookSecretNotFound

    async def secrets_not_sealed_with(
        self, ring_key: str, *, after: WebhookSecretId | None, limit: int
    ) -> Sequence[WebhookSecret]:
        others = select(webhook_secrets).where(_SECRETS.ring_key != ring_key)
        rest = others if after is None else others.where(_SECRETS.id > after)
        found = await self._connection.execute(rest.order_by(_SECRETS.id).limit(limit))
        return [_from_row(row) for row in found]

    async def reseal(self, secret: WebhookSecret, *, was: str) -> None:
        unchanged = (_SECRETS.id == secret.id, _SECRETS.sealed == was)
        sealed = {"sealed": secret.sealed, "ring_key": secret.ring_key}
        await self._connection.execute(update(webhook_secrets).where(*unchanged).values(**sealed))

    async def note_delivery(self, workflow_id: WorkflowId, digest: str, *, at: datetime) -> None:
        delivery = {"workflow_id": workflow_id, "digest": digest, "received_at": at}
        with translated_refusals():
            done = await self._connection.execute(
                upsert(webhook_deliveries).values(**delivery).on_conflict_do_nothing()
            )
        if done.rowcount == 0:
            raise DeliveryReplayed

    async def forget_deliveries(self, *, before: datetime, limit: int) -> int:
        key = tuple_(webhook_deliveries.c.workflow_id, webhook_deliveries.c.digest)
        old = select(webhook_deliveries.c.workflow_id, webhook_deliveries.c.digest)
        oldest = old.where(webhook_deliveries.c.received_at < before).limit(limit).with_for_update(skip_locked=True)
        return (await self._connection.execute(delete(webhook_deliveries).where(key.in_(oldest)))).rowcount

    async def note_refusal(self, workflow_id: WorkflowId, reason: WebhookRefusal, *, at: datetime) -> None:
        values = select(workflows.c.id, literal(reason.value), literal(at)).where(workflows.c.id == workflow_id)
        noted = upsert(webhook_refusals).from_select(["workflow_id", "reason", "last_at"], values)
        counted = {"count": webhook_refusals.c.count + 1, "last_at": noted.excluded.last_at}
        await self._connection.execute(
            noted.on_conflict_do_update(constraint=webhook_refusals.primary_key, set_=counted)
        )

    async def refusals_of(self, workflow_id: WorkflowId) -> Sequence[RefusalCount]:
        its = select(webhook_refusals).where(webhook_refusals.c.workflow_id == workflow_id)
        found = await self._connection.execute(
            its.order_by(webhook_refusals.c.last_at.desc(), webhook_refusals.c.reason)
        )
        return [RefusalCount(reason=WebhookRefusal(row.reason), count=row[2], last_at=row.last_at) for row in found]


def _as_row(secret: WebhookSecret) -> dict[str, object]:
    return {
        "id": secret.id,
        "workflow_id": secret.workflow_id,
        "sealed": secret.sealed,
        "ring_key": secret.ring_key,
        "created_at": secret.created_at,
    }


def _from_row(row: Row[Any]) -> WebhookSecret:
    return WebhookSecret(
        id=WebhookSecretId(row.id),
        workflow_id=WorkflowId(row.workflow_id),
        sealed=row.sealed,
        ring_key=row.ring_key,
        created_at=row.created_at,
    )
