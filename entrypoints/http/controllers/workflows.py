from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from application.executions.start_execution import StartExecution
from application.nodes.catalogue import KNOWN_TYPES
from application.ports.read_models import ExecutionReads, WorkflowReads
from application.workflows.change_workflow import ChangeWorkflow
from application.workflows.config_warnings import ConfigWarnings
from application.workflows.create_workflow import CreateWorkflow
from application.workflows.delete_workflow import DeleteWorkflow
from domain.access_tokens.access_token import Scope
from domain.workflows.graph_rules import structural_faults
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, SuccessWithMeta, recorded, refusals, success
from entrypoints.http.paging import PageMeta, paged
from entrypoints.http.path_ids import to_workflow_id
from entrypoints.http.preconditions import (
    ETAG,
    REPEATED,
    IdempotencyKey,
    IfMatch,
    etag,
    expected_revisions,
    intention,
    repeated,
)
from entrypoints.http.query import CursorText, LimitTo100, PageNumber, read_paging
from entrypoints.http.request import RexRequest
from entrypoints.http.saving import saved
from entrypoints.http.schemas.executions import ActiveExecutionRecord, ExecutionRecord, ExecutionStarted, Trigger
from entrypoints.http.schemas.workflows import Deleted, Judgement, SaveNotes
from entrypoints.http.services import Given
from entrypoints.wire.workflows import ChangedWorkflow, Drawing, NewWorkflow, WorkflowRecord


class WorkflowController(Controller):
    path = "/api/workflows"
    tags = ("workflows",)

    @post(status_code=201, response_headers=[ETAG], responses=refusals(400, 413, 415))
    async def create(
        self,
        request: RexRequest,
        data: JSONBody[NewWorkflow],
        create_workflow: Given[CreateWorkflow],
        config_warnings: Given[ConfigWarnings],
    ) -> Response[SuccessWithMeta[WorkflowRecord, SaveNotes]]:
        """Draw a workflow. Broken structure is refused; unfinished configs are noted in `meta.warnings`."""
        workflow = await create_workflow(
            owner_id=request.user, name=data.name, description=data.description, graph=data.drawing()
        )
        return saved(workflow, config_warnings)

    @get(responses=refusals(400))
    async def list_mine(
        self,
        request: RexRequest,
        workflow_reads: Given[WorkflowReads],
        page: PageNumber = None,
        limit: LimitTo100 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[WorkflowRecord], PageMeta]:
        """The caller's workflows, latest change first."""
        paging = read_paging(page, limit, cursor)
        return paged(WorkflowRecord, await workflow_reads.mine(request.user, paging), paging, pages_of_nothing=0)

    @get("/active", responses=refusals(400))
    async def list_active(
        self,
        request: RexRequest,
        execution_reads: Given[ExecutionReads],
        page: PageNumber = None,
        limit: LimitTo100 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[ActiveExecutionRecord], PageMeta]:
        """The caller's runs that are pending or running, newest first: one entry for each run."""
        paging = read_paging(page, limit, cursor)
        active = await execution_reads.active(request.user, paging)
        return paged(ActiveExecutionRecord, active, paging, pages_of_nothing=1)

    @get("/{workflow_id:str}", response_headers=[ETAG], responses=refusals(400, 404))
    async def show(
        self, request: RexRequest, workflow_id: FromPath[str], workflow_reads: Given[WorkflowReads]
    ) -> Response[Success[WorkflowRecord]]:
        """One workflow with its graph."""
        read = await workflow_reads.one(to_workflow_id(workflow_id), request.user)
        return Response(recorded(WorkflowRecord, read.record), headers=etag(read.revision))

    @patch("/{workflow_id:str}", response_headers=[ETAG], responses=refusals(400, 404, 412, 413, 415))
    async def change(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        data: JSONBody[ChangedWorkflow],
        change_workflow: Given[ChangeWorkflow],
        config_warnings: Given[ConfigWarnings],
        if_match: IfMatch = None,
    ) -> Response[SuccessWithMeta[WorkflowRecord, SaveNotes]]:
        """Rename, redraw, switch on or off. `version` grows with each new graph.

        Without `If-Match` the last change wins.
        """
        workflow = await change_workflow(
            workflow_id=to_workflow_id(workflow_id),
            actor_id=request.user,
            changes=data.changes(),
            expected=expected_revisions(if_match),
        )
        return saved(workflow, config_warnings)

    @delete("/{workflow_id:str}", status_code=200, responses=refusals(400, 404, 412))
    async def remove(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        delete_workflow: Given[DeleteWorkflow],
        if_match: IfMatch = None,
    ) -> Success[Deleted]:
        """Remove a workflow with all its runs and their records."""
        await delete_workflow(
            workflow_id=to_workflow_id(workflow_id), actor_id=request.user, expected=expected_revisions(if_match)
        )
        return success(Deleted())

    @post("/validate", status_code=200, opt={NEEDS: Scope.READ}, responses=refusals(400, 413, 415))
    async def validate(self, data: JSONBody[Drawing], config_warnings: Given[ConfigWarnings]) -> Success[Judgement]:
        """Judge a graph without saving it: `issues` keep it from being saved, `warnings` from running."""
        graph = data.drawing()
        return success(Judgement.of(structural_faults(graph, KNOWN_TYPES), config_warnings(graph)))

    @post(
        "/{workflow_id:str}/execute",
        status_code=202,
        opt={NEEDS: Scope.RUN},
        response_headers=[REPEATED],
        responses=refusals(400, 404, 409, 413, 415),
    )
    async def execute(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        data: JSONBody[Trigger],
        start_execution: Given[StartExecution],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[Success[ExecutionStarted]]:
        """Accept a run of the workflow as it is now."""
        accepted = await start_execution(
            workflow_id=to_workflow_id(workflow_id),
            actor_id=request.user,
            payload=data.payload,
            intention=intention(idempotency_key, data.meaning()),
        )
        return Response(
            success(ExecutionStarted(execution_id=accepted.execution_id)),
            headers=repeated(is_repeat=accepted.is_repeat),
        )

    @get("/{workflow_id:str}/executions", responses=refusals(400, 404))
    async def list_executions(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        execution_reads: Given[ExecutionReads],
        page: PageNumber = None,
        limit: LimitTo100 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[ExecutionRecord], PageMeta]:
        """The workflow's runs, newest first."""
        paging = read_paging(page, limit, cursor)
        runs = await execution_reads.of_workflow(to_workflow_id(workflow_id), request.user, paging)
        return paged(ExecutionRecord, runs, paging, pages_of_nothing=0)
