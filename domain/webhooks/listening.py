"""Whether a workflow hears webhooks, and if not, why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.values.json import Json, JsonObject
from domain.workflows.workflow import Workflow, WorkflowStatus

TRIGGER: Final = "webhook-trigger"


class Deafness(StrEnum):
    """Why a workflow would not start."""

    INACTIVE = "inactive"
    NO_TRIGGER = "no-webhook-trigger"


class WebhookRefusal(StrEnum):
    """Why a delivery was turned away."""

    INACTIVE = "inactive"
    NO_TRIGGER = "no-webhook-trigger"
    UNSIGNED = "unsigned"
    MALFORMED_SIGNATURE = "malformed-signature"
    STALE_SIGNATURE = "stale-signature"
    WRONG_SIGNATURE = "wrong-signature"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalCount:
    """How often deliveries were turned away for one reason, and when last."""

    reason: WebhookRefusal
    count: int
    last_at: datetime


def deafness(workflow: Workflow) -> Deafness | None:
    """None when the workflow listens."""
    if workflow.status is not WorkflowStatus.ACTIVE:
        return Deafness.INACTIVE
    if not any(node.type == TRIGGER for node in workflow.graph.nodes):
        return Deafness.NO_TRIGGER
    return None


def payload_of(body: Json) -> JsonObject:
    """What a run gets: an object as it came, anything else as `{"body": …}`."""
    return body if isinstance(body, dict) else {"body": body}
