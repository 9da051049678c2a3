from litestar import Controller, Response, get, post
from litestar.params import FromPath, JSONBody

from application.templates.instantiate_template import InstantiateTemplate
from application.templates.preview_template import PreviewTemplate
from application.workflows.config_warnings import ConfigWarnings
from domain.access_tokens.access_token import Scope
from domain.templates.templates import Templates
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, SuccessWithMeta, refusals, success
from entrypoints.http.preconditions import ETAG
from entrypoints.http.request import RexRequest
from entrypoints.http.saving import saved
from entrypoints.http.schemas.templates import TemplatePreviewRecord, TemplateRecord
from entrypoints.http.schemas.workflows import SaveNotes
from entrypoints.http.services import Given
from entrypoints.wire.templates import TemplateRequest
from entrypoints.wire.workflows import WorkflowRecord


class TemplateController(Controller):
    path = "/api/workflow-templates"
    tags = ("templates",)

    @get(responses=refusals(400))
    async def list_all(self, templates: Given[Templates]) -> Success[list[TemplateRecord]]:
        """All templates, each in its newest version."""
        return success([TemplateRecord.of(each) for each in templates.newest()])

    @get("/{template_id:str}", responses=refusals(400, 404))
    async def show(self, template_id: FromPath[str], templates: Given[Templates]) -> Success[TemplateRecord]:
        """One template: what it takes, what its runs want, and how large its graph is."""
        return success(TemplateRecord.of(templates.get(template_id)))

    @post(
        "/{template_id:str}/preview",
        status_code=200,
        opt={NEEDS: Scope.READ},
        responses=refusals(400, 404, 413, 415),
    )
    async def preview(
        self,
        request: RexRequest,
        template_id: FromPath[str],
        data: JSONBody[TemplateRequest],
        preview_template: Given[PreviewTemplate],
    ) -> Success[TemplatePreviewRecord]:
        """Draw what the template would make, with new ids each time, and store nothing."""
        preview = await preview_template(template_id=template_id, actor_id=request.user, choice=data.choice())
        return success(TemplatePreviewRecord.of(preview))

    @post(
        "/{template_id:str}/instantiate",
        status_code=201,
        response_headers=[ETAG],
        responses=refusals(400, 404, 413, 415),
    )
    async def instantiate(
        self,
        request: RexRequest,
        template_id: FromPath[str],
        data: JSONBody[TemplateRequest],
        instantiate_template: Given[InstantiateTemplate],
        config_warnings: Given[ConfigWarnings],
    ) -> Response[SuccessWithMeta[WorkflowRecord, SaveNotes]]:
        """Make an ordinary workflow, which remembers what it was made from."""
        workflow = await instantiate_template(template_id=template_id, actor_id=request.user, choice=data.choice())
        return saved(workflow, config_warnings)
