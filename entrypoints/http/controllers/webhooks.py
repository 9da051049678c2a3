from typing import Annotated, TypeAlias

from litestar import Controller, Response, delete, get, post
from litestar.params import FromPath, HeaderParameter

from application.webhooks.create_webhook_secret import CreateWebhookSecret
from application.webhooks.delete_webhook_secret import DeleteWebhookSecret
from application.webhooks.receive_webhook import Delivery, ReceiveWebhook
from application.webhooks.show_webhook import ShowWebhook
from entrypoints.http.admission import NEEDS, PUBLIC, WEBHOOK
from entrypoints.http.envelope import Success, public_refusals, refusals, success
from entrypoints.http.path_ids import to_listening_workflow_id, to_webhook_secret_id, to_workflow_id
from entrypoints.http.preconditions import REPEATED, IdempotencyKey, intention, repeated
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.executions import ExecutionStarted
from entrypoints.http.schemas.webhooks import WebhookRecord, WebhookSecretMade
from entrypoints.http.schemas.workflows import Deleted
from entrypoints.http.services import Given

SignatureHeader: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="X-Rex-Signature",
        required=False,
        description=(
            "`t=<seconds since 1970>,v1=<hex>`, the hex being HMAC-SHA256 with the workflow's secret over "
            "`<seconds>.<body>`. Needed once the workflow has a secret."
        ),
    ),
]


class WebhookController(Controller):
    """What other systems call."""

    path = "/api/webhooks"
    tags = ("webhooks",)

    @post(
        "/{workflow_id:str}",
        status_code=202,
        opt={PUBLIC: True, WEBHOOK: True},
        security=[{}],
        response_headers=[REPEATED],
        responses=public_refusals(400, 401, 404, 409, 413, 415),
    )
    async def receive(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        receive_webhook: Given[ReceiveWebhook],
        idempotency_key: IdempotencyKey = None,
        signature: SignatureHeader = None,
    ) -> Response[Success[ExecutionStarted]]:
        """Start a run of an active workflow with a webhook trigger, in the name of its owner.

        The body is JSON or plain text; what is not an object arrives as `{"body": …}`.
        """
        raw, body = await request.anything()
        delivery = Delivery(raw=raw, body=body, signature=signature, intention=intention(idempotency_key, raw))
        accepted = await receive_webhook(workflow_id=to_listening_workflow_id(workflow_id), delivery=delivery)
        return Response(
            success(ExecutionStarted(execution_id=accepted.execution_id)),
            headers=repeated(is_repeat=accepted.is_repeat),
        )


class WorkflowWebhookController(Controller):
    """What the owner of a workflow sees and decides about its webhook."""

    path = "/api/workflows/{workflow_id:str}/webhook"
    tags = ("webhooks",)

    @get(responses=refusals(400, 404))
    async def show(
        self, request: RexRequest, workflow_id: FromPath[str], show_webhook: Given[ShowWebhook]
    ) -> Success[WebhookRecord]:
        """Whether the workflow listens, whether deliveries must be signed, and why some were turned away."""
        return success(
            WebhookRecord.of(await show_webhook(workflow_id=to_workflow_id(workflow_id), actor_id=request.user))
        )

    @post("/secrets", status_code=201, opt={NEEDS: None}, responses=refusals(400, 404, 409))
    async def add_secret(
        self, request: RexRequest, workflow_id: FromPath[str], create_webhook_secret: Given[CreateWebhookSecret]
    ) -> Success[WebhookSecretMade]:
        """Make a secret, shown this once. From the first one on deliveries must be signed; two may be live, so that
        senders can change over."""
        made = await create_webhook_secret(workflow_id=to_workflow_id(workflow_id), actor_id=request.user)
        return success(WebhookSecretMade.with_text(made))

    @delete("/secrets/{secret_id:str}", status_code=200, opt={NEEDS: None}, responses=refusals(400, 404))
    async def remove_secret(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        secret_id: FromPath[str],
        delete_webhook_secret: Given[DeleteWebhookSecret],
    ) -> Success[Deleted]:
        """Let a secret die that senders no longer sign with."""
        await delete_webhook_secret(
            workflow_id=to_workflow_id(workflow_id),
            secret_id=to_webhook_secret_id(secret_id),
            actor_id=request.user,
        )
        return success(Deleted())
