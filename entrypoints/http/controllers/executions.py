from typing import Annotated, Final, TypeAlias

import msgspec
from litestar import Controller, delete, get, post
from litestar.params import FromPath

from application.executions.delete_execution import DeleteExecution
from application.executions.explain_execution import ExplainExecution
from application.executions.stop_execution import StopExecution
from application.ports.read_models import AttemptFilter, ExecutionReads, RetrievalFilter, SnapshotFilter
from domain.access_tokens.access_token import Scope
from domain.executions.attempt import AttemptStatus
from domain.executions.retrieval import RetrievalStatus, Strategy
from domain.executions.snapshot import SnapshotReason
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, SuccessWithMeta, recorded, refusals, success
from entrypoints.http.paging import PageMeta, paged
from entrypoints.http.path_ids import to_execution_id
from entrypoints.http.query import CursorText, LimitTo200, PageNumber, Query, Sent, choice, flag, text
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.executions import (
    ContextSnapshotRecord,
    ExecutionDetail,
    ExecutionStopped,
    RetrievalEventRecord,
    StepAttemptRecord,
)
from entrypoints.http.schemas.explanations import ExplanationRecord
from entrypoints.http.schemas.workflows import Deleted
from entrypoints.http.services import Given
from entrypoints.wire.explanations import explanation_json

LONGEST_NODE_ID: Final = 255
LONGEST_RETRIEVER_KEY: Final = 100

NodeIdText: TypeAlias = Annotated[Sent, text("nodeId", LONGEST_NODE_ID, "Only what this node did.")]
AttemptStatusText: TypeAlias = Annotated[Sent, choice("status", AttemptStatus, "Only attempts that ended so.")]
RetrievalStatusText: TypeAlias = Annotated[Sent, choice("status", RetrievalStatus, "Only retrievals that ended so.")]
StrategyText: TypeAlias = Annotated[Sent, choice("strategy", Strategy, "Only retrievals of this strategy.")]
RetrieverText: TypeAlias = Annotated[Sent, text("retrieverKey", LONGEST_RETRIEVER_KEY, "Only this retriever's.")]
SelectedText: TypeAlias = Annotated[Sent, flag("selected", "Only those whose results were used, or were not.")]
ReasonText: TypeAlias = Annotated[Sent, choice("reason", SnapshotReason, "Only snapshots taken for this reason.")]


class ExecutionController(Controller):
    path = "/api/executions"
    tags = ("executions",)

    @get("/{execution_id:str}", responses=refusals(400, 404))
    async def show(
        self, execution_id: FromPath[str], request: RexRequest, execution_reads: Given[ExecutionReads]
    ) -> Success[ExecutionDetail]:
        """One run with everything that it left behind so far."""
        return recorded(ExecutionDetail, await execution_reads.detail(to_execution_id(execution_id), request.user))

    @get("/{execution_id:str}/explanation", responses=refusals(400, 404))
    async def explain(
        self, execution_id: FromPath[str], request: RexRequest, explain_execution: Given[ExplainExecution]
    ) -> Success[ExplanationRecord]:
        """Why each node ran, waited, was retried or skipped, in order; what it cost, and what prompts were made of."""
        told = await explain_execution(execution_id=to_execution_id(execution_id), actor_id=request.user)
        return recorded(ExplanationRecord, msgspec.Raw(msgspec.json.encode(explanation_json(told))))

    @delete("/{execution_id:str}", status_code=200, responses=refusals(400, 404))
    async def remove(
        self, execution_id: FromPath[str], request: RexRequest, delete_execution: Given[DeleteExecution]
    ) -> Success[Deleted]:
        """Remove a run with all its records. One that is not over is stopped by that."""
        await delete_execution(execution_id=to_execution_id(execution_id), actor_id=request.user)
        return success(Deleted())

    @post("/{execution_id:str}/stop", status_code=202, opt={NEEDS: Scope.RUN}, responses=refusals(400, 404))
    async def stop(
        self, execution_id: FromPath[str], request: RexRequest, stop_execution: Given[StopExecution]
    ) -> Success[ExecutionStopped]:
        """Stop a run; one that is over stays what it is."""
        stopped = to_execution_id(execution_id)
        status = await stop_execution(execution_id=stopped, actor_id=request.user)
        return success(ExecutionStopped(execution_id=stopped, status=status))

    @get("/{execution_id:str}/step-attempts", responses=refusals(400, 404))
    async def list_attempts(
        self,
        execution_id: FromPath[str],
        request: RexRequest,
        execution_reads: Given[ExecutionReads],
        node_id: NodeIdText = None,
        status: AttemptStatusText = None,
        page: PageNumber = None,
        limit: LimitTo200 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[StepAttemptRecord], PageMeta]:
        """What nodes tried, newest first."""
        query = Query()
        chosen = AttemptFilter(
            node_id=query.text("nodeId", node_id, LONGEST_NODE_ID), status=query.choice("status", status, AttemptStatus)
        )
        paging = query.paging(page, limit, cursor, usual=50, most=200)
        query.refuse()
        found = await execution_reads.attempts(to_execution_id(execution_id), request.user, chosen, paging)
        return paged(StepAttemptRecord, found, paging, pages_of_nothing=1)

    @get("/{execution_id:str}/retrieval-events", responses=refusals(400, 404))
    async def list_retrievals(
        self,
        execution_id: FromPath[str],
        request: RexRequest,
        execution_reads: Given[ExecutionReads],
        node_id: NodeIdText = None,
        status: RetrievalStatusText = None,
        strategy: StrategyText = None,
        retriever_key: RetrieverText = None,
        selected: SelectedText = None,
        page: PageNumber = None,
        limit: LimitTo200 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[RetrievalEventRecord], PageMeta]:
        """What nodes looked up, newest first."""
        query = Query()
        chosen = RetrievalFilter(
            node_id=query.text("nodeId", node_id, LONGEST_NODE_ID),
            status=query.choice("status", status, RetrievalStatus),
            strategy=query.choice("strategy", strategy, Strategy),
            retriever_key=query.text("retrieverKey", retriever_key, LONGEST_RETRIEVER_KEY),
            selected=query.flag("selected", selected),
        )
        paging = query.paging(page, limit, cursor, usual=50, most=200)
        query.refuse()
        found = await execution_reads.retrieval_events(to_execution_id(execution_id), request.user, chosen, paging)
        return paged(RetrievalEventRecord, found, paging, pages_of_nothing=1)

    @get("/{execution_id:str}/context-snapshots", responses=refusals(400, 404))
    async def list_snapshots(
        self,
        execution_id: FromPath[str],
        request: RexRequest,
        execution_reads: Given[ExecutionReads],
        reason: ReasonText = None,
        page: PageNumber = None,
        limit: LimitTo200 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[ContextSnapshotRecord], PageMeta]:
        """What the run knew and remembered, latest first."""
        query = Query()
        chosen = SnapshotFilter(reason=query.choice("reason", reason, SnapshotReason))
        paging = query.paging(page, limit, cursor, usual=50, most=200)
        query.refuse()
        found = await execution_reads.snapshots(to_execution_id(execution_id), request.user, chosen, paging)
        return paged(ContextSnapshotRecord, found, paging, pages_of_nothing=1)
