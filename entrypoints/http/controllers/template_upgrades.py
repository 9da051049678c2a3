from litestar import Controller, Response, get, post
from litestar.params import FromPath, JSONBody
from msgspec import UNSET

from application.nodes.catalogue import KNOWN_TYPES
from application.templates.show_upgrade import ShowUpgrade
from application.templates.upgrade_workflow import UpgradeWorkflow
from application.workflows.config_warnings import ConfigWarnings
from domain.workflows.graph_rules import structural_faults
from entrypoints.http.envelope import Success, SuccessWithMeta, refusals, success
from entrypoints.http.path_ids import to_workflow_id
from entrypoints.http.preconditions import ETAG, IfMatch, etag, expected_revisions
from entrypoints.http.request import RexRequest
from entrypoints.http.saving import saved
from entrypoints.http.schemas.templates import UpgradeChoices, UpgradeRecord
from entrypoints.http.schemas.workflows import SaveNotes
from entrypoints.http.services import Given
from entrypoints.wire.workflows import WorkflowRecord


class TemplateUpgradeController(Controller):
    """A workflow and the newer versions of the template that it was made from."""

    path = "/api/workflows/{workflow_id:str}/template-upgrade"
    tags = ("templates",)

    @get(response_headers=[ETAG], responses=refusals(400, 404, 409))
    async def show(
        self, request: RexRequest, workflow_id: FromPath[str], show_upgrade: Given[ShowUpgrade]
    ) -> Response[Success[UpgradeRecord]]:
        """What the newest version would make of the workflow: the owner's changes and the template's, merged."""
        workflow, upgrade = await show_upgrade(workflow_id=to_workflow_id(workflow_id), actor_id=request.user)
        faults = structural_faults(upgrade.merged.graph, KNOWN_TYPES)
        return Response(success(UpgradeRecord.of(workflow, upgrade, faults)), headers=etag(workflow.revision))

    @post(status_code=200, response_headers=[ETAG], responses=refusals(400, 404, 409, 412, 413, 415))
    async def apply(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        data: JSONBody[UpgradeChoices],
        upgrade_workflow: Given[UpgradeWorkflow],
        config_warnings: Given[ConfigWarnings],
        if_match: IfMatch = None,
    ) -> Response[SuccessWithMeta[WorkflowRecord, SaveNotes]]:
        """Bring the workflow to the newest version. Each conflict needs a choice. `warnings` tell what the choices left
        unconnected."""
        workflow, loose_ends = await upgrade_workflow(
            workflow_id=to_workflow_id(workflow_id),
            actor_id=request.user,
            choices=data.choices,
            otherwise=None if data.otherwise is UNSET else data.otherwise,
            expected=expected_revisions(if_match),
        )
        return saved(workflow, config_warnings, loose_ends)
