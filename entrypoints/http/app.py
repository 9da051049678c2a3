"""The HTTP API as one ASGI application."""

from collections.abc import Mapping

from litestar import Litestar
from litestar.routes import HTTPRoute

from entrypoints.http.admission import Admission
from entrypoints.http.compression import Compression
from entrypoints.http.controllers.access_tokens import AccessTokenController
from entrypoints.http.controllers.accounts import AccountController
from entrypoints.http.controllers.assistant import AssistantController
from entrypoints.http.controllers.corpora import CorpusController
from entrypoints.http.controllers.documents import DocumentController
from entrypoints.http.controllers.executions import ExecutionController
from entrypoints.http.controllers.files import FileController
from entrypoints.http.controllers.health import HealthController
from entrypoints.http.controllers.knowledge_query import KnowledgeQueryController
from entrypoints.http.controllers.node_types import NodeTypeController
from entrypoints.http.controllers.provider_keys import ProviderKeyController
from entrypoints.http.controllers.schedules import ScheduleController
from entrypoints.http.controllers.template_upgrades import TemplateUpgradeController
from entrypoints.http.controllers.templates import TemplateController
from entrypoints.http.controllers.webhooks import WebhookController, WorkflowWebhookController
from entrypoints.http.controllers.workflow_memory import WorkflowMemoryController
from entrypoints.http.controllers.workflows import WorkflowController
from entrypoints.http.docs import docs
from entrypoints.http.errors import answer_error
from entrypoints.http.exchange import Exchange
from entrypoints.http.openapi import described
from entrypoints.http.origins import Preflights, allowed_origins
from entrypoints.http.request import RexRequest
from entrypoints.http.services import HttpServices, provided

MAX_BODY_BYTES = 10 * 1024 * 1024


def create_app(services: HttpServices) -> Litestar:
    """Owns no resources: whoever built `services` opens and closes what stands behind them."""
    origins = allowed_origins(services.settings)
    app = Litestar(
        route_handlers=[
            AccountController,
            AccessTokenController,
            ProviderKeyController,
            WorkflowController,
            WorkflowWebhookController,
            WorkflowMemoryController,
            ScheduleController,
            TemplateController,
            TemplateUpgradeController,
            NodeTypeController,
            WebhookController,
            ExecutionController,
            CorpusController,
            DocumentController,
            FileController,
            KnowledgeQueryController,
            AssistantController,
            HealthController,
            docs,
        ],
        dependencies=provided(services),
        middleware=[Admission(services.authenticate, services.rate_limiter, services.settings)],
        exception_handlers={Exception: answer_error},
        request_class=RexRequest,
        request_max_body_size=MAX_BODY_BYTES,
        cors_config=origins,
        openapi_config=described(),
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = Exchange(Preflights(Compression(app.asgi_handler), origins), _methods(app))
    return app


def _methods(app: Litestar) -> Mapping[str, set[str]]:
    """What each path template answers."""
    methods: dict[str, set[str]] = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            methods.setdefault(route.path_format, set()).update(route.methods)
    return {path: of | {"HEAD"} if "GET" in of else of for path, of in methods.items()}
