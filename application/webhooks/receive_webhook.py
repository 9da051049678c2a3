"""Start a run because another system says so."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from application.executions.accepting import Accepted, accept
from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.job_queue import ExecutionReady, JobQueue
from application.ports.secret_box import SecretBox, SecretUnreadable
from application.ports.unit_of_work import BeginWork, UnitOfWork
from domain.errors import DomainError
from domain.executions.execution import Execution, TriggerSource
from domain.idempotency.idempotency_key import Intention
from domain.ids import WorkflowId
from domain.values.json import Json
from domain.webhooks.errors import (
    DeliveryReplayed,
    NobodyListens,
    SignatureMissing,
    SignatureStale,
    SignatureUnreadable,
    SignatureWrong,
)
from domain.webhooks.listening import WebhookRefusal, deafness, payload_of
from domain.webhooks.signature import TOLERANCE, verified
from domain.webhooks.webhook_secret import WebhookSecret, binding
from domain.workflows.workflow import Workflow

_REASONS: Final[Mapping[type[DomainError], WebhookRefusal]] = {
    SignatureMissing: WebhookRefusal.UNSIGNED,
    SignatureUnreadable: WebhookRefusal.MALFORMED_SIGNATURE,
    SignatureStale: WebhookRefusal.STALE_SIGNATURE,
    SignatureWrong: WebhookRefusal.WRONG_SIGNATURE,
    DeliveryReplayed: WebhookRefusal.REPLAYED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was sent: `raw` as it was signed, `body` what it means."""

    raw: bytes = field(repr=False)
    body: Json = field(repr=False)
    signature: str | None = field(default=None, repr=False)
    intention: Intention | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveWebhook:
    """Accept a run of a workflow that listens, in the name of its owner.

    Where the workflow has secrets, or `takes_unsigned` is off, the delivery must be signed with one of them within
    the last minutes, and counts once: the same delivery again is refused, unless it has an intention, which answers
    what it answered first.

    Raise NobodyListens, a SignatureRefused, DeliveryReplayed or IdempotencyKeyReused. Why a delivery was turned away
    is counted, for the owner to see.
    """

    begin: BeginWork
    box: SecretBox
    queue: JobQueue
    clock: Clock
    ids: IdGenerator
    takes_unsigned: bool
    tolerance: timedelta = TOLERANCE

    async def __call__(self, *, workflow_id: WorkflowId, delivery: Delivery) -> Accepted:
        try:
            accepted = await self._accept(workflow_id, delivery)
        except DomainError as refusal:
            await self._note(workflow_id, _REASONS.get(type(refusal)))
            raise
        if not accepted.is_repeat:
            await self.queue.ring(ExecutionReady(accepted.execution_id))
        return accepted

    async def _accept(self, workflow_id: WorkflowId, delivery: Delivery) -> Accepted:
        async with self.begin() as work:
            workflow = await work.workflows.of_anybody(workflow_id)
            if workflow is None or deafness(workflow) is not None:
                raise NobodyListens
            digest = await self._verified(work, workflow, delivery)
            execution = Execution.accept(
                workflow,
                payload_of(delivery.body),
                id=self.ids.execution(),
                at=self.clock.now(),
                trigger=TriggerSource.WEBHOOK,
            )
            accepted = await accept(work, execution, place=f"webhook:{workflow_id}", intention=delivery.intention)
            if digest is not None:
                with suppress(*((DeliveryReplayed,) if accepted.is_repeat else ())):
                    await work.webhooks.note_delivery(workflow_id, digest, at=execution.created_at)
            await work.commit()
        return accepted

    async def _verified(self, work: UnitOfWork, workflow: Workflow, delivery: Delivery) -> str | None:
        """The digest by which the delivery is known again; None for one that need not be signed."""
        kept = await work.webhooks.secrets_of(workflow.id)
        if not kept and self.takes_unsigned:
            return None
        secrets = self._opened(kept)
        return verified(delivery.signature, delivery.raw, secrets, now=self.clock.now(), tolerance=self.tolerance)

    def _opened(self, kept: Sequence[WebhookSecret]) -> list[str]:
        """Those that can be opened, so that a lost one does not silence the other. Raise SecretUnreadable for none."""
        opened, lost = [], None
        for each in kept:
            try:
                opened.append(self.box.open(each.sealed, binding=binding(each.workflow_id)))
            except SecretUnreadable as unreadable:
                lost = unreadable
        if lost is not None and not opened:
            raise lost
        return opened

    async def _note(self, workflow_id: WorkflowId, reason: WebhookRefusal | None) -> None:
        async with self.begin() as work:
            if reason is None:
                workflow = await work.workflows.of_anybody(workflow_id)
                why = None if workflow is None else deafness(workflow)
                reason = None if why is None else WebhookRefusal(why.value)
            if reason is not None:
                await work.webhooks.note_refusal(workflow_id, reason, at=self.clock.now())
                await work.commit()
